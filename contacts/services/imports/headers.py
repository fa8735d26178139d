"""The names people give to columns, in English, French and German, and the fields they mean."""

import re
import unicodedata

# Written as `normal` writes them: no accents, no capitals, no signs.
NAMES: dict[str, str] = {
    "email": (
        "email emailaddress mail mailaddress courriel adressemail adresseemail"
        " adressecourriel adresseelectronique emailpro emailprofessionnel workemail businessemail"
        " primaryemail email1"
        " emailadresse"
    ),
    "title": "title salutation honorific prefix civilite titre anrede",
    "first_name": "firstname forename givenname prenom christianname prenoms vorname",
    "last_name": (
        "lastname surname familyname nom nomdefamille nomfamille nomusage nachname familienname"
    ),
    "phone": (
        "phone phonenumber telephone telephonenumber tel telfixe telephonefixe numerodetelephone"
        " fixe landline phone1 businessphone workphone homephone numtel notel"
        " ndetelephone ntel nodetelephone"
        " telefon telefonnummer telefonnr festnetz rufnummer"
    ),
    "mobile": (
        "mobile mobilephone mobilenumber cell cellphone cellular portable telportable telmobile"
        " telephoneportable telephonemobile numerodeportable gsm smsnumber"
        " mobiltelefon mobilnummer handy handynummer"
    ),
    "position": (
        "position jobtitle job function role fonction poste intituledeposte contacttitle occupation"
        " profession metier"
    ),
    "company": (
        "company companyname organisation organization organisationname organizationname account"
        " accountname employer societe entreprise raisonsociale nomsociete nomdelasociete"
        " nomentreprise nomdelentreprise employeur"
        " firma firmenname unternehmen betrieb"
    ),
    "address": (
        "address streetaddress street address1 addressline1 addressline adresse adresse1 rue"
        " adressepostale adresseligne1 mailingaddress mailingstreet voie"
        " strasse anschrift strassehausnummer"
    ),
    "city": "city town locality ville commune localite mailingcity ort stadt wohnort",
    "region": (
        "region state province stateprovince county stateregion mailingstate etatprovince"
        " bundesland"
    ),
    "postcode": (
        "postcode postalcode zip zipcode zippostalcode codepostal cp plz mailingpostalcode"
        " mailingzip codepost"
        " postleitzahl"
    ),
    "country": (
        "country countrycode countryname countryregion pays codepays mailingcountry cc land staat"
    ),
    "locale": "locale language lang preferredlanguage langue languepreferee codelangue sprache",
    "timezone": "timezone tz fuseauhoraire fuseau zeitzone",
    "website": (
        "website web url homepage siteweb siteinternet site websiteurl webseite internetseite"
    ),
    "linkedin": "linkedin linkedinurl linkedinprofile profillinkedin",
    "facebook": "facebook facebookurl",
    "x": "x twitter twitterhandle comptetwitter",
    "instagram": "instagram instagramhandle",
    "attribution": "attribution",
    "preferred_channel": "preferredchannel canalprefere",
    "employees": "employees employeecount headcount numberofemployees effectif nombredesalaries",
    "revenue": "revenue annualrevenue turnover chiffredaffaires chiffreaffaires ca",
    "industry": "industry sector branch secteur secteurdactivite activite branche domaine",
    "tags": "tags tag etiquettes etiquette labels motscles",
    "owner": "owner contactowner proprietaire responsable",
}
# What many call by different names and keep in a field of their own.
KINDRED: dict[str, str] = {
    "birth": (
        "birthdate birthday dateofbirth dob bornon born naissance datenaissance datedenaissance"
        " ddn nele neele neeele neesle anniversaire dateanniversaire"
        " geburtsdatum geburtstag geborenam geboren gebdatum"
    ),
    "gender": "gender sex sexe genre geschlecht",
    "customer": (
        "customernumber customerid customerno clientid numeroclient numerodeclient noclient"
        " nclient codeclient kundennummer kundennr kdnr"
    ),
}
_KIN = {name: kin for kin, names in KINDRED.items() for name in names.split()}
MEANINGS = {name: alias for alias, names in NAMES.items() for name in names.split()}
# Words put before or after a name without changing what it means.
_AROUND = re.compile(r"^(contact|customer|client|lead|subscriber|abonne)(?=.{3})")


def normal(name: str) -> str:
    """Reduce a name to what it says: `Code postal`, `codePostal`, `CODE_POSTAL` are one."""
    joined = name.replace("œ", "oe").replace("Œ", "OE").replace("ß", "ss")
    flat = unicodedata.normalize("NFKD", joined)
    letters = "".join(char for char in flat if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "", letters.lower())


def meaning(name: str) -> str | None:
    """Return the core field that a column of this name most likely holds."""
    key = normal(name)
    return MEANINGS.get(key) or MEANINGS.get(_AROUND.sub("", key))


def kin(name: str) -> str | None:
    """Return what names of fields of one's own have in common: `Né le`, `Birthday`."""
    return _KIN.get(normal(name))
