"""A mini dump of an encyclopaedia: pages-articles XML and the externallinks table.

Articles cite pages of the sample's cited sites in <ref> tags, as bare links, in templates and
through a web archive. A talk page, a redirect and a template are there too, whose links must not
count as citations. The table has the schema of MediaWiki 1.41 and later: reversed host with a
trailing dot, then the path.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from pipeline.sample.authors import TOPICS, Author
from pipeline.sample.chance import Chance

Citation = tuple[str, str]  # URL and title

_CITES_PER_ARTICLE = 4
_HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/"
    version="0.11" xml:lang="en">
  <siteinfo>
    <sitename>Samplepedia</sitename>
    <dbname>samplewiki</dbname>
    <base>https://samplepedia.example/wiki/Main_Page</base>
    <generator>gristmill sample</generator>
    <case>first-letter</case>
    <namespaces>
      <namespace key="0" case="first-letter" />
      <namespace key="1" case="first-letter">Talk</namespace>
      <namespace key="10" case="first-letter">Template</namespace>
    </namespaces>
  </siteinfo>
"""
_INSERT = "INSERT INTO `externallinks` VALUES"
_TABLE = """-- Links from the sample encyclopaedia to the web
DROP TABLE IF EXISTS `externallinks`;
CREATE TABLE `externallinks` (
  `el_id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `el_from` int(8) unsigned NOT NULL DEFAULT 0,
  `el_to_domain_index` varbinary(255) NOT NULL DEFAULT '',
  `el_to_path` blob DEFAULT NULL,
  PRIMARY KEY (`el_id`),
  KEY `el_from` (`el_from`)
) ENGINE=InnoDB DEFAULT CHARSET=binary;

"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the encyclopaedia."""

    number: int
    title: str
    text: str
    namespace: int = 0
    redirect: str = ""
    links: tuple[str, ...] = ()


def entries(cited: Sequence[Citation], uncited: Sequence[Citation]) -> list[Entry]:
    """Articles that cite all of `cited`; pages of other kinds that name some of `uncited`."""
    steps = range(0, max(1, len(cited)), _CITES_PER_ARTICLE)
    groups = [cited[i : i + _CITES_PER_ARTICLE] for i in steps]
    out = [_article(number, group) for number, group in enumerate(groups, start=1)]
    number, first = len(out) + 1, out[0].title
    out.append(Entry(number, f"{first} (old name)", f"#REDIRECT [[{first}]]", 0, first))
    talk = "".join(f"* Has anybody looked at {url} yet? ~~~~\n" for url, _ in uncited[:3])
    links = tuple(url for url, _ in uncited[:3])
    out.append(Entry(number + 1, f"Talk:{first}", f"== Sources ==\n{talk}", 1, links=links))
    box = '<includeonly>{| class="infobox"\n! {{{name|}}}\n|}</includeonly>'
    out.append(Entry(number + 2, "Template:Infobox place", box, 10))
    return out


def _article(number: int, group: Sequence[Citation]) -> Entry:
    chance = Chance("encyclopaedia", number)
    author = Author(chance.pick(TOPICS), 1.0, chance)
    names = author.grammar.entities
    title = f"{author.grammar.say('[trait] [thing+s]')} of {names['Town']}"
    refs = [_reference(url, name, author, i) for i, (url, name) in enumerate(group)]
    parts = [
        f"{{{{Infobox place\n| name = {names['Town']}\n| founded = {names['Year']}\n}}}}\n"
        f"'''{title}''' are part of [[{author.topic}]] near [[{names['Other']}]]. "
        + author.paragraph(2, 4),
        "== History ==",
        *(author.paragraph(2, 4) + ref for ref in refs),
        "== Numbers ==",
        _table(author),
        "== See also ==",
        f"* [[{names['Other']}]]\n* [[{author.topic.title()}|The field as a whole]]",
        "== References ==\n{{reflist}}\n\n[[Category:" + author.topic.title() + "]]",
    ]
    return Entry(number, title, "\n\n".join(parts), links=tuple(url for url, _ in group))


def _reference(url: str, title: str, author: Author, i: int) -> str:
    """A citation in one of the forms that editors use."""
    year, family = author.grammar.entities["Later"], author.grammar.entities["Sur"]
    forms = (
        f"<ref>{{{{cite web |url={url} |title={title} |access-date=3 May 2025}}}}</ref>",
        f'<ref name="s{i}">[{url} {title}], {year}.</ref>',
        f"<ref>{{{{cite book |last={family} |year={year} |url={url}}}}}</ref>",
        f"<ref>{{{{cite web |title={title} |url={url} "
        f"|archive-url=https://web.archive.org/web/20250601000000/{url}}}}}</ref>",
    )
    return author.chance.pick(forms)


def _table(author: Author) -> str:
    say, chance = author.grammar.expand, author.chance
    rows = [
        f"|-\n| {1800 + 20 * i} || {say('[thing+s]')} || {chance.below(900)}"
        for i in range(chance.between(2, 5))
    ]
    return '{| class="wikitable"\n! Year !! Kind !! Count\n' + "\n".join(rows) + "\n|}"


def pages_xml(dump: Sequence[Entry]) -> str:
    """The export: MediaWiki's schema, one revision a page."""
    return _HEAD + "".join(map(_page_xml, dump)) + "</mediawiki>\n"


def _page_xml(entry: Entry) -> str:
    redirect = f"    <redirect title={_quoted(entry.redirect)} />\n" if entry.redirect else ""
    text = escape(entry.text, quote=False)
    return f"""  <page>
    <title>{escape(entry.title, quote=False)}</title>
    <ns>{entry.namespace}</ns>
    <id>{entry.number}</id>
{redirect}    <revision>
      <id>{1000 + entry.number}</id>
      <timestamp>2025-08-01T00:00:00Z</timestamp>
      <contributor><username>Sampler</username><id>1</id></contributor>
      <model>wikitext</model>
      <format>text/x-wiki</format>
      <text bytes="{len(entry.text.encode())}" xml:space="preserve">{text}</text>
    </revision>
  </page>
"""


def _quoted(text: str) -> str:
    return '"' + escape(text) + '"'


def links_sql(dump: Sequence[Entry]) -> str:
    """The externallinks table, one INSERT for 500 rows."""
    rows = [(entry.number, url) for entry in dump for url in entry.links]
    values = [_row(number, page, url) for number, (page, url) in enumerate(rows, start=1)]
    chunks = [values[i : i + 500] for i in range(0, len(values), 500)]
    inserts = [f"{_INSERT} {','.join(chunk)};\n" for chunk in chunks]
    return _TABLE + "".join(inserts)


def _row(number: int, page: int, url: str) -> str:
    parts = urlsplit(url)
    index = f"{parts.scheme}://{'.'.join(reversed(parts.netloc.split('.')))}."
    path = url.split(parts.netloc, 1)[1].replace("\\", "\\\\").replace("'", "\\'")
    return f"({number},{page},'{index}','{path}')"
