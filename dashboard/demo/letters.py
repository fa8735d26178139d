"""The shop's emails, in French and English, written as MJML."""
# ruff: noqa: E501, RUF001 - MJML and French are easier read as they are

from datetime import datetime
from typing import Any

from dashboard.demo.marking import mark
from dashboard.demo.words import SENDER, SHOP
from emails.models import Email
from emails.services import editing

NAVY, SNOW, ICE, ORANGE = "#14314f", "#f4f7fa", "#dbe8f3", "#d9541e"
PAGE = """<mjml>
  <mj-head>
    <mj-attributes>
      <mj-all font-family="Helvetica, Arial, sans-serif" />
      <mj-text font-size="16px" line-height="25px" color="#22303f" padding="0 0 16px" />
      <mj-button background-color="{orange}" color="#ffffff" font-size="16px" font-weight="700" border-radius="6px" inner-padding="13px 26px" align="left" padding="6px 0 18px" />
    </mj-attributes>
  </mj-head>
  <mj-body background-color="{snow}" width="600px">
    <mj-section background-color="{navy}" padding="22px 36px">
      <mj-column><mj-text color="#ffffff" font-size="18px" font-weight="700" letter-spacing="0.5px" padding="0">MAISON BRÉVENT</mj-text></mj-column>
    </mj-section>
    <mj-section background-color="{ice}" padding="40px 36px 34px">
      <mj-column>
        <mj-text color="{navy}" font-size="13px" font-weight="700" padding="0 0 8px">{kicker}</mj-text>
        <mj-text color="{navy}" font-size="32px" line-height="38px" font-weight="700" padding="0">{title}</mj-text>
      </mj-column>
    </mj-section>
    <mj-section background-color="#ffffff" padding="32px 36px 12px">
      <mj-column>{paragraphs}<mj-button href="{url}">{button}</mj-button></mj-column>
    </mj-section>
    {goods}
    <mj-section padding="24px 36px"><mj-column><mj-text font-size="13px" line-height="20px" color="#5a6877" padding="0" align="center">{foot}</mj-text></mj-column></mj-section>
  </mj-body>
</mjml>"""
GOODS = """<mj-section background-color="#ffffff" padding="8px 28px 28px">{columns}</mj-section>"""
GOOD = """<mj-column padding="0 8px"><mj-text padding="16px" container-background-color="{snow}" font-size="14px" line-height="21px"><strong><a href="{url}" style="color:{navy};text-decoration:none">{name}</a></strong><br />{line}<br /><strong style="color:{orange}">{price}</strong></mj-text></mj-column>"""
SHOP_URL = "https://brevent.example"


def _page(**words: Any) -> str:
    colours = {"navy": NAVY, "snow": SNOW, "ice": ICE, "orange": ORANGE}
    text = "".join(f"<mj-text>{paragraph}</mj-text>" for paragraph in words.pop("text"))
    goods = words.pop("goods", ())
    columns = "".join(
        GOOD.format(name=name, line=line, price=price, url=f"{SHOP_URL}{path}", **colours)
        for name, line, price, path in goods
    )
    shown = GOODS.format(columns=columns) if goods else ""
    return PAGE.format(paragraphs=text, goods=shown, **words, **colours)


LETTER_EN = _page(
    kicker="THE THURSDAY LETTER",
    title="The lifts open on Saturday",
    text=(
        'Hello {{ contact.first_name|default("there") }},',
        "Forty centimetres fell on the Brévent this week, and the Plan-Praz gondola starts at "
        "8:30 on Saturday. The workshop is open late until then: edges and wax while you wait.",
    ),
    button="See the snow conditions",
    url=f"{SHOP_URL}/conditions",
    goods=(
        ("Rando 88", "The touring ski we ski ourselves", "€549", "/skis/rando-88"),
        ("Alizé boot", "1,150 g, and it walks", "€429", "/boots/alize"),
    ),
    foot="Maison Brévent, 12 quai des Alpages, 74000 Annecy",
)
LETTER_FR = _page(
    kicker="LA LETTRE DU JEUDI",
    title="Les remontées ouvrent samedi",
    text=(
        'Bonjour {{ contact.first_name|default("à vous") }},',
        "Quarante centimètres sont tombés sur le Brévent cette semaine, et la télécabine de "
        "Planpraz démarre samedi à 8 h 30. L’atelier ferme tard d’ici là : carres et fart "
        "pendant que vous patientez.",
    ),
    button="Voir l’enneigement",
    url=f"{SHOP_URL}/conditions",
    goods=(
        ("Rando 88", "Le ski de rando que nous skions", "549 €", "/skis/rando-88"),
        ("Chaussure Alizé", "1 150 g, et elle marche", "429 €", "/boots/alize"),
    ),
    foot="Maison Brévent, 12 quai des Alpages, 74000 Annecy",
)
SUMMER = _page(
    kicker="FIN DE SAISON",
    title="Les skis de test cherchent une maison",
    text=(
        'Bonjour {{ contact.first_name|default("à vous") }},',
        "Soixante paires ont passé l’hiver dans nos journées de test. Elles sont affûtées, "
        "fartées, et de 30 à 50 % moins chères. Premier arrivé, premier chaussé.",
    ),
    button="Choisir une paire",
    url=f"{SHOP_URL}/skis/piste-76",
    foot="Maison Brévent, 12 quai des Alpages, 74000 Annecy",
)
WELCOME = _page(
    kicker="BIENVENUE",
    title="Content de vous connaître",
    text=(
        'Bonjour {{ contact.first_name|default("à vous") }},',
        "Vous recevrez une lettre le jeudi : l’enneigement, ce que nous avons essayé, et de temps "
        "en temps une paire de skis à prix doux. Rien d’autre.",
        "Dites-nous comment vous skiez, nous écrirons plus juste.",
    ),
    button="Choisir mon niveau",
    url=f"{SHOP_URL}/club",
    foot="Maison Brévent, 12 quai des Alpages, 74000 Annecy",
)
WINBACK = _page(
    kicker="IT HAS BEEN A WHILE",
    title="Your edges miss you",
    text=(
        'Hello {{ contact.first_name|default("there") }},',
        "We have not seen you this season. Bring your skis to the workshop before the end of the "
        "month and the first tune is on us.",
    ),
    button="Book the workshop",
    url=f"{SHOP_URL}/atelier",
    foot="Maison Brévent, 12 quai des Alpages, 74000 Annecy",
)


def write(now: datetime, owner: int | None, readers: list[int]) -> dict[str, Email]:
    """Write all of them; `readers` are the segments of the broadcasts."""

    def email(name: str, subject: str, mjml: str, **more: Any) -> Email:
        values = {
            "name": name,
            "subject": subject,
            "mjml": mjml,
            "from_name": SHOP,
            "from_address": SENDER,
            "owner_id": owner,
            **more,
        }
        made = editing.create(values, now)
        mark("email", [made.pk], now)
        return made

    to = {"type": "segment", "segments": readers}
    letter = email("Thursday letter: opening", "The lifts open on Saturday", LETTER_EN, **to)
    return {
        "letter": letter,
        "letter_fr": email(
            "Lettre du jeudi : ouverture",
            "Les remontées ouvrent samedi",
            LETTER_FR,
            type="segment",
            language="fr",
            translation_of=letter,
        ),
        "summer": email(
            "Fin de saison : skis de test",
            "Les skis de test cherchent une maison",
            SUMMER,
            language="fr",
            **to,
        ),
        "welcome": email("Bienvenue", "Bienvenue à la maison", WELCOME, language="fr"),
        "winback": email("Win back: workshop", "Your edges miss you", WINBACK),
    }
