"""Forms on screen: the list, the builder, what was sent, how they get into other sites."""

from forms.backoffice import actions, answers, builder, embedding, resource

urlpatterns = [
    *builder.urlpatterns,
    *answers.urlpatterns,
    *actions.urlpatterns,
    *resource.urlpatterns,
]

__all__ = ["embedding"]
