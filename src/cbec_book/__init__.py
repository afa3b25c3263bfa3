"""What builds the site: a Sphinx extension, to be loaded as ``cbec_book.extension``.

Nothing is imported here: MyST-NB looks for renderers in every book of an environment, and finds
this one's without what only building this book takes.
"""
