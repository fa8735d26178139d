"""What readers of our mails reach; GET and HEAD change nothing.

Whoever comes with a token of another purpose, or a changed one, gets one neutral answer.
"""

from emails.public import hits, pages

urlpatterns = [*hits.urlpatterns, *pages.urlpatterns]
