"""Words by which a sentence tells what a licence is said of, in a dozen languages."""

import re

APART = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|respond|repl(?:y|ies)|disqus|caption|credits?)(?=$|[\s_-])",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"(?:^|[\s_-])(?:footer|colophon|copyright|licen[sc]e|legal|rights|imprint)", re.I
)
_OF_MEDIA = (
    r"photo\w*|foto\w*|images?|imagen\w*|immagin\w*|bild\w*|pictures?|figures?|illustrations?|graphics?"
    r"|videos?|audio|music|tracks?|sounds?|icons?|maps?|screenshots?|thumbnails?|logos?|fonts?"
    r"|flickr|wikimedia commons|unsplash|courtesy|(?<!appropriate )(?<!give )(?<!original )credits?"
    r"|фото\w*|изображени\w*"
)
_MEDIA = re.compile(rf"\b(?:{_OF_MEDIA})\b|图片|照片|写真|画像|사진", re.IGNORECASE)
_NOUNS = (
    r"text|content|article|site|website|page|blog|wiki|book|work|post|document|documentation|essay|"
    r"material|publication|paper|chapter|course|journal|inhalt|beitrag|artikel|werk|webseite|"
    r"contenu|texte|livre|œuvre|contenido|texto|artículo|obra|sitio|libro|contenut|testo|articol|"
    r"opera|sito|conteúdo|artigo|livro|teksten?|inhoud|treść|artykuł|strona|текст|материал|книга|"
    r"содержание|контент|сайт|сторінк"
)
_SUBJECT = re.compile(
    rf"(?<!\ba )(?<!\ban )(?<!\bany )(?<!\byour )(?<!\btheir )(?<!\bhis )(?<!\bher )(?<!\bmy )"
    rf"\b(?:{_NOUNS})(?:s|e|en|i|o|a|y|ы|и)?\b|本书|本文|本站|本作品|本网站|文章|内容|記事|コンテンツ|サイト|作品|저작물"
    r"|quyển sách|except where|unless otherwise|where otherwise|use of ",
    re.IGNORECASE,
)
_LICENSED = re.compile(
    r"licen[sc]|lizen[zs]|licenz|licencj|лиценз|ліценз|available|verfügbar|disponib|published|released"
    r"|distribu|shared|covered|subject to|许可|授權|授权|ライセンス|提供|라이선스|giấy phép",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])[.!?]\s+(?=\S)|[。！？]")  # J. Carter is no end
_BOTH = re.compile(
    rf"(?:{_NOUNS})s?\s*(?:,|and|&|und|et|y|e|и)\s|\b(?:and|&|und|et|y|e|и)\s+(?:{_NOUNS})"
    "|except where|unless otherwise",
    re.IGNORECASE,
)

_ANOTHERS = re.compile(r"based on|adapted from|taken from|derived from|quoted from", re.IGNORECASE)


def of_media(sentence: str) -> bool:
    """Whether a sentence speaks of a picture and not of the text beside it."""
    return _MEDIA.search(sentence) is not None and not _BOTH.search(sentence)


def of_page(sentence: str) -> bool:
    """Whether a sentence says that the page, its text or its site is licensed."""
    said = _SUBJECT.search(sentence) and _LICENSED.search(sentence)
    return said is not None and not _ANOTHERS.search(sentence)


def is_notice(names: str) -> bool:
    """Whether the names of an element call it a notice, and not that of a picture."""
    return bool(_NOTICE.search(names)) and not _MEDIA.search(
        names.replace("_", " ").replace("-", " ")
    )


def last_sentence(text: str) -> str:
    return _SENTENCE_END.split(text)[-1]


def first_sentence(text: str) -> str:
    return _SENTENCE_END.split(text)[0]
