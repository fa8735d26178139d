"""The names that people give to columns, in English and French, and the fields they mean."""

import re
import unicodedata

# Written as `normal` writes them: no accents, no capitals, no signs.
NAMES: dict[str, str] = {
    "email": (
        "email emailaddress mail mailaddress courriel adressemail adresseemail"
        " adressecourriel adresseelectronique emailpro emailprofessionnel workemail businessemail"
        " primaryemail email1"
    ),
    "title": "title salutation honorific prefix civilite titre",
    "first_name": "firstname forename givenname prenom christianname prenoms",
    "last_name": "lastname surname familyname nom nomdefamille nomfamille nomusage",
    "phone": (
        "phone phonenumber telephone telephonenumber tel telfixe telephonefixe numerodetelephone"
        " fixe landline phone1 businessphone workphone homephone numtel notel"
        " ndetelephone ntel nodetelephone"
    ),
    "mobile": (
        "mobile mobilephone mobilenumber cell cellphone cellular portable telportable telmobile"
        " telephoneportable telephonemobile numerodeportable gsm smsnumber"
    ),
    "position": (
        "position jobtitle job function role fonction poste intituledeposte contacttitle occupation"
        " profession metier"
    ),
    "company": (
        "company companyname organisation organization organisationname organizationname account"
        " accountname employer societe entreprise raisonsociale nomsociete nomdelasociete"
        " nomentreprise nomdelentreprise employeur"
    ),
    "address": (
        "address streetaddress street address1 addressline1 addressline adresse adresse1 rue"
        " adressepostale adresseligne1 mailingaddress mailingstreet voie"
    ),
    "city": "city town locality ville commune localite mailingcity",
    "region": "region state province stateprovince county stateregion mailingstate etatprovince",
    "postcode": (
        "postcode postalcode zip zipcode zippostalcode codepostal cp plz mailingpostalcode"
        " mailingzip codepost"
    ),
    "country": "country countrycode countryname countryregion pays codepays mailingcountry cc",
    "locale": "locale language lang preferredlanguage langue languepreferee codelangue",
    "timezone": "timezone tz fuseauhoraire fuseau",
    "website": "website web url homepage siteweb siteinternet site websiteurl",
    "linkedin": "linkedin linkedinurl linkedinprofile profillinkedin",
    "facebook": "facebook facebookurl",
    "x": "x twitter twitterhandle comptetwitter",
    "instagram": "instagram instagramhandle",
    "attribution": "attribution",
    "preferred_channel": "preferredchannel canalprefere",
    "tags": "tags tag etiquettes etiquette labels motscles",
    "owner": "owner contactowner proprietaire responsable",
}
MEANINGS = {name: alias for alias, names in NAMES.items() for name in names.split()}
# Words put before or after a name without changing what it means.
_AROUND = re.compile(r"^(contact|customer|client|lead|subscriber|abonne)(?=.{3})")


def normal(name: str) -> str:
    """Reduce a name to what it says: `Code postal`, `codePostal`, `CODE_POSTAL` are one."""
    flat = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "OE"))
    letters = "".join(char for char in flat if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "", letters.lower())


def meaning(name: str) -> str | None:
    """Return the core field that a column of this name most likely holds."""
    key = normal(name)
    return MEANINGS.get(key) or MEANINGS.get(_AROUND.sub("", key))
