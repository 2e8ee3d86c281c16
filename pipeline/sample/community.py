"""Forums, shops and spam."""

from html import escape

from pipeline.sample.authors import Author, entities, town
from pipeline.sample.chance import Chance
from pipeline.sample.grammar import Grammar
from pipeline.sample.markup import Content, heading, paragraph, snippet, table
from pipeline.sample.sites import Site
from pipeline.sample.words import load


def forum(site: Site, chance: Chance) -> Content:
    """A thread: a question and its answers, each with a name and a date."""
    author = Author(site.topic, site.register / 3, chance)
    posts = [_post(author, "ask", chance.between(3, 6))]
    posts += [_post(author, "reply", chance.between(2, 6)) for _ in range(chance.between(3, 9))]
    blocks = []
    box = Chance("forum", site.host).pick(["message", "thread-item", "reply-box"])
    for number, text in enumerate(posts, start=1):
        user = Author(site.topic, 0, chance).line("forum", "user").replace(" ", "")
        day = f"{chance.between(1, 28)} {author.grammar.expand('[month]')} 2025"
        head = f'<span class="user">{user}</span> <span class="when">{day}</span>'
        blocks.append(
            f'<div class="{box}" id="p{number}"><div class="{box}-head">{head}</div>'
            f'<div class="{box}-text">{paragraph(text)}</div></div>'
        )
    title = author.grammar.say(chance.pick(["[trait] [thing] broken?", "Help with my [thing]"]))
    return Content("forum", title, "\n".join(blocks), (snippet(posts[0]), snippet(posts[1])))


def _post(author: Author, kind: str, sentences: int) -> str:
    rest = [author.sentence() for _ in range(sentences)]
    return " ".join([author.line("forum", kind), *rest])


def shop(site: Site, chance: Chance) -> Content:
    """A product: price, a table of properties, a description, reviews."""
    author = Author(site.topic, 0, chance)
    say = author.grammar.say
    name = say("[trait] [thing]")
    price = f"{chance.between(4, 400)}.{chance.between(10, 99)} crowns"
    text = " ".join([author.line("shop", "lead"), *(author.line("shop", "more") for _ in range(4))])
    rows = [
        ["Material", say("[stuff]")],
        ["Weight", f"{chance.between(1, 90)} kg"],
        ["Made in", town(chance)],
    ]
    reviews = "".join(paragraph(author.line("shop", "review")) for _ in range(chance.between(2, 5)))
    body = (
        f'<div class="price">{price}</div><button>Add to basket</button>{paragraph(text)}'
        f"{table(['Property', 'Value'], rows)}{heading('Reviews')}{reviews}"
    )
    return Content("shop", name, body, ())


def spam(site: Site, chance: Chance) -> Content:
    """Text for search engines: stuffed keywords, one line with many towns, or a farm of links."""
    words = load("english")["spam"]
    ware = chance.pick(load("topics")[site.topic]["thing"]).split("|")[0]
    form = chance.pick(["stuffed", "towns", "links"])
    if form == "stuffed":
        phrase = " ".join([*chance.sample(words["word"], 4), ware])
        body = paragraph(". ".join(f"{phrase} {chance.pick(words['word'])}" for _ in range(60)))
    elif form == "towns":
        names = entities(chance)
        lines = [
            Grammar({}, {**names, "ware": ware, "town": town(chance)}, chance).say(words["line"][1])
            for _ in range(40)
        ]
        body = paragraph(". ".join(lines) + ".")
    else:
        labels = [f"{chance.pick(words['word'])} {ware} {town(chance)}" for _ in range(80)]
        body = "".join(
            f'<div><a href="/{i}">{escape(label)}</a></div>' for i, label in enumerate(labels)
        )
        body += paragraph(" ".join(labels))
    return Content("spam", f"{ware} {chance.pick(words['word'])} {ware}".title(), body, ())
