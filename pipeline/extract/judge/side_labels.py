"""Labels of sections that are not of a page's text, as sites write them in many languages."""

_NEAR, _NEW = "related similar sponsored promoted", "popular trending latest recent more other"
_THINGS = "article articles post posts stories news videos blogs coverage"
_ENGLISH = """
you may like|you may also like|you might like|you might also like|you may also enjoy
you might also enjoy|you may also be interested in|you might also be interested in|you'll also like
you’ll also like|you may have missed|you might have missed|articles for you
stories for you|articles you may like|articles you might like|posts you may like
stories you may like|stories you might like|recommended for you|customers also bought
customers also viewed|people also viewed|people also bought|people also ask|read next|read this next
what to read next|read also|also read|up next|next up|more to read|more to explore
more like this
editor's picks|editor’s picks|editors' picks|editors’ picks
editor's choice|editor’s choice|from around the web|from across the web|around the web
explore more|discover more|recently viewed
"""
_EUROPEAN = """
das könnte sie auch interessieren|das könnte dich auch interessieren|das könnte sie interessieren
das könnte dich interessieren|ähnliche artikel|ähnliche beiträge|verwandte artikel
verwandte beiträge
auch interessant
lesen sie auch
à lire aussi|lire aussi|articles similaires|articles liés
articles associés|sur le même sujet|sur le même thème|vous aimerez aussi
vous aimerez peut-être aussi|à découvrir aussi|dans la même rubrique
artículos relacionados|noticias relacionadas|entradas relacionadas|notas relacionadas
contenido relacionado|te puede interesar|te puede gustar
también te puede interesar|también te puede gustar|quizás te interese
sigue leyendo
artigos relacionados|notícias relacionadas|posts relacionados|conteúdo relacionado
matérias relacionadas|você pode gostar|você também pode gostar
você vai gostar|você pode também gostar|leia também
articoli correlati|articoli simili|notizie correlate|post correlati
potrebbe interessarti|potrebbe interessarti anche|potrebbero interessarti
potrebbero interessarti anche|ti potrebbe interessare|leggi anche
lees ook|gerelateerde artikelen|gerelateerde berichten|läs också|läs även
relaterade artiklar|les også|relaterte artikler|læs også|relaterede artikler|lue myös
przeczytaj także|przeczytaj również|przeczytaj też
czytaj także|czytaj też|czytaj również|podobne artykuły|podobne wpisy|polecane artykuły
čtěte také|mohlo by vás zajímat|kapcsolódó cikkek|olvasd el ezt is
articole similare|citește și|σχετικά άρθρα|διαβάστε επίσης
читайте также|читать также|похожие статьи|похожие записи|похожие материалы|похожие новости
вам может понравиться|вам также может понравиться|вам может быть интересно|материалы по теме
читайте також
схожі статті|свързани статии
"""
_OTHERS = """
相关阅读|相关文章|相关推荐|相关新闻|相关资讯|相关内容|相关帖子|相關文章|相關閱讀|相關新聞
相關推薦|猜你喜欢|推荐阅读
推薦閱讀|精彩推荐|为您推荐|大家都在看|你可能感兴趣|你可能喜欢|你可能也喜欢
関連記事|関連ニュース|関連リンク|おすすめ記事|おすすめの記事|あわせて読みたい
こちらもおすすめ
관련 기사|관련기사|관련 글|관련글|관련 뉴스|추천 기사|추천 글
함께 보면 좋은 글
اقرأ أيضا|اقرأ أيضاً|اقرأ ايضا|مواضيع ذات صلة|مقالات ذات صلة|أخبار ذات صلة|مقالات مشابهة
قد يعجبك أيضا|قد يعجبك أيضاً|مطالب مرتبط|ilgili haberler|ilgili yazılar|ilgili içerikler
bunlar da ilginizi çekebilir|baca juga|artikel terkait|berita terkait|bài viết liên quan
tin liên quan|có thể bạn quan tâm|संबंधित खबरें|संबंधित लेख
"""
_NEWS = """
most read|most popular|most viewed|most shared|most commented|trending now|popular now
weitere artikel|weitere beiträge|weitere nachrichten|weitere meldungen|neueste artikel
neueste beiträge|aktuelle artikel|aktuelle nachrichten|meistgelesen|meistgelesene artikel
mehr artikel|articles récents|articles populaires|les plus lus|artículos recientes
entradas recientes|lo más leído|lo más visto|más noticias|artigos recentes|posts recentes
mais lidas|as mais lidas|mais lidos|últimas notícias|articoli recenti|i più letti|другие новости
другие статьи|популярные статьи|последние новости|последни новини
热门文章|热门推荐|热门新闻|热门标签|热门帖子|熱門文章|熱門新聞|最新文章|最新评论|最新资讯|最新新闻
人気記事|人気の記事|人気記事ランキング|最新記事|最新ニュース
인기 기사|인기 글|많이 본 기사|많이 본 뉴스|الأكثر قراءة
"""


def _listed(labels: str) -> frozenset[str]:
    lines = labels.strip().split("\n")
    return frozenset(label.casefold() for line in lines for label in line.split("|")) - {""}


def _made(kinds: str) -> frozenset[str]:
    return frozenset(f"{kind} {thing}" for kind in kinds.split() for thing in _THINGS.split())


# What these announce may be what a page is for: the news of a club, the posts of a blog.
WEAK_LABELS = _listed(_NEWS) | _made(_NEW)
LABELS = _listed(_ENGLISH + _EUROPEAN + _OTHERS) | _made(_NEAR) | WEAK_LABELS
