"""Serializers in the shapes of the contract: strict about keys, exact about values."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.fields import ExactField, FloatField, IdField, MomentField, Reference, TruthField

M = TypeVar("M", bound=models.Model)
_UNKNOWN = _("This field is not known.")
_READ_ONLY = _("This field cannot be written.")


class Strict:
    """Refuses keys nobody knows, and read-only ones unless they repeat what is there.

    So a client may send back the object it was given with one value changed.
    """

    def to_internal_value(self, data: Any) -> Any:
        """Check the keys together with the values, so that one answer names all faults."""
        faults = self._faults(data) if isinstance(data, Mapping) else {}
        try:
            values = super().to_internal_value(data)  # type: ignore[misc]
        except serializers.ValidationError as error:
            if faults and isinstance(error.detail, dict):
                raise serializers.ValidationError({**error.detail, **faults}) from error
            raise
        if faults:
            raise serializers.ValidationError(faults)
        return values

    def _faults(self, data: Mapping[str, Any]) -> dict[str, Any]:
        fields: Mapping[str, serializers.Field[Any, Any, Any, Any]] = self.fields  # type: ignore[attr-defined]
        faults = {}
        for key in data:
            if key not in fields:
                faults[str(key)] = [serializers.ErrorDetail(str(_UNKNOWN), "unknown_field")]
            elif fields[key].read_only and not self._repeats(key, data[key]):
                faults[str(key)] = [serializers.ErrorDetail(str(_READ_ONLY), "read_only")]
        return faults

    def _repeats(self, key: str, value: Any) -> bool:
        instance = getattr(self, "instance", None)
        if not isinstance(instance, models.Model):
            return False
        return bool(self.to_representation(instance).get(key) == value)  # type: ignore[attr-defined]


class Serializer(Strict, serializers.Serializer[Any]):
    """A body that is not a model."""


class ModelSerializer(Strict, serializers.ModelSerializer[M]):
    """A model's fields in the shapes of the contract.

    A `version` may be given with a change; the view compares it, nobody stores it.
    """

    serializer_related_field = Reference
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.AutoField: IdField,
        models.BigAutoField: IdField,
        models.SmallAutoField: IdField,
        models.DateTimeField: MomentField,
        models.DecimalField: ExactField,
        models.FloatField: FloatField,
        models.BooleanField: TruthField,
    }

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """Let a change name the version it is about."""
        if field_name == "version":
            return serializers.IntegerField, {"required": False, "min_value": 1}
        return super().build_standard_field(field_name, model_field)

    def to_internal_value(self, data: Any) -> Any:
        """Read the values to store."""
        values = super().to_internal_value(data)
        values.pop("version", None)
        return values
