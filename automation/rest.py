"""How the REST API reads, answers and describes itself: settings of its libraries."""

from typing import Any

FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.RoleAllows"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["api.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.renderers.AlwaysJSON",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "api.schema.ContractSchema",
    "EXCEPTION_HANDLER": "api.errors.handle",
    "COERCE_DECIMAL_TO_STRING": False,
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SCHEMA: dict[str, Any] = {
    "TITLE": "Relais",
    "DESCRIPTION": "Self-hosted marketing automation.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    # Several resources have a `state`; these names stay the same whatever comes beside them.
    "ENUM_NAME_OVERRIDES": {
        "CampaignStateEnum": "campaigns.models.campaign.Campaign.State",
        "ConsentStateEnum": "contacts.words.ConsentState",
        "FormLanguageEnum": "forms.models.LANGUAGES",
        "FormatEnum": "contacts.models.exports.Export.Format",
        "ImageFormatEnum": "media.models.Image.Format",
        "JobStateEnum": "kernel.models.Job.State",
        "SuppressionKindEnum": "contacts.models.consent.Suppression.Kind",
        "SuppressionReasonEnum": "contacts.words.Reason",
        "SendStateEnum": "emails.models.run.Send.State",
        # Texts have the same as emails.
        "EmailKindEnum": "emails.models.email.Email.Kind",
        "EmailStateEnum": "emails.models.email.Email.State",
        "EmailTypeEnum": "emails.models.email.Email.Type",
        "DeliveryStateEnum": [
            *("queued", "claimed", "sending", "sent", "failed", "uncertain", "skipped"),
            "cancelled",
        ],
    },
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.schema.finish",
    ],
}
