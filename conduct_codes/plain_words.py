"""What an article means in plain words: beside the law, never in it, and only beside the words that it explains."""

from conduct_codes.rules import sha256_of
from institutions.khmer import tidy_legal_text


def article_sha256(heading, text):
    """The SHA-256 of what plain words explain: heading and text of an article as they are frozen."""
    return sha256_of(f"{tidy_legal_text(heading or '')}\n\n{tidy_legal_text(text or '')}".encode())


def said_of(page):
    """Article key → its plain words, for each article of the page that has some."""
    said = {str(child.id): tidy_legal_text(child.value.get("plain_words") or "").strip() for child in page.articles}
    return {key: words for key, words in said.items() if words}


def explained_after(page, *, before, confirmed=False):
    """Article key → the SHA-256 that its plain words explain, once the page says what it says now.

    before: the plain words as they were by key. New plain words explain the text that they were written beside; those
    that stay still explain the text they did, unless somebody confirms that they hold for the present one.
    """
    said, explained = said_of(page), {}
    for child in page.articles:
        key = str(child.id)
        if key not in said:
            continue
        if confirmed or said[key] != before.get(key):
            explained[key] = article_sha256(child.value["heading"], child.value["text"])
        elif key in page.explained:
            explained[key] = page.explained[key]
    return explained


def plain_words_for(words, page):
    """Article key → plain words of the page, for the articles of a text whose words are those that they explain."""
    if page is None:
        return {}
    said = said_of(page)
    shown = {}
    for article in words["articles"]:
        key = article["key"]
        if key in said and page.explained.get(key) == article_sha256(article["heading"], article["text"]):
            shown[key] = said[key]
    return shown


def outdated(page):
    """The articles of a page whose plain words explain an earlier text, as blocks."""
    said = said_of(page)
    return [
        child
        for child in page.articles
        if str(child.id) in said
        and page.explained.get(str(child.id)) != article_sha256(child.value["heading"], child.value["text"])
    ]
