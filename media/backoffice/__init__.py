"""The media library on screen."""

from media.backoffice import images

urlpatterns = images.urlpatterns
