"""What readers of our mails reach; GET and HEAD change nothing.

Whoever comes with a token of another purpose, or a changed one, gets one neutral answer.
"""

from emails.public import hits, inbound, pages

urlpatterns = [*hits.urlpatterns, *inbound.urlpatterns, *pages.urlpatterns]
