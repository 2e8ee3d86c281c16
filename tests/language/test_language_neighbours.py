"""Languages that are close to each other, and short texts that look like English. Sentences of our
own.
"""

import pytest

from pipeline.language.detection import detect_language

SENTENCES = {
    "Eg veit ikkje kvar dei kjem frå, men dei har vore her mykje lenger enn me trudde.": "nn",
    "Jeg vet ikke hvor de kommer fra, men de har vært her mye lenger enn vi trodde.": "no",
    "Jeg ved ikke hvor de kommer fra, men de har været her meget længere end vi troede.": "da",
    "Vlada Srbije usvojila je juče predlog zakona o budžetu za sledeću godinu.": "sr",
    "Vlada je jučer prihvatila prijedlog proračuna za sljedeću godinu, u prosincu.": "hr",
    "Млинот стоеше покрај реката и никој не прашуваше чиј е, како што ќе се види подоцна.": "mk",
    "Мелницата стоеше до реката двеста години, преди някой да попита чия е.": "bg",
    "Kerajaan berkata bahawa syarikat itu boleh memberi wang kerana pelajar memerlukannya.": "ms",
    "Pemerintah mengatakan bahwa perusahaan itu bisa memberi uang karena siswa membutuhkan.": "id",
    "Gde si bio kad je počela kiša? Čekali smo te ceo dan na stanici.": "sr",
}
HINDI = [
    "main aaj bazaar ja raha hoon aur mujhe kuch kitaaben kharidni hain",
    "yeh bahut accha hai lekin mujhe samajh nahi aaya ki kya karna chahiye",
    "agar aapko yeh jaankari pasand aayi ho to apne doston ke saath share karein",
]
ENGLISH = [
    "The mill is old.",
    "Getting Started | Prev | Up | Home | Next",
    "Search this site, or log in to read more.",
    "Posts - Archive - Tags - FAQ",
]


@pytest.mark.parametrize("text", SENTENCES)
def test_close_languages_are_told_apart(text: str) -> None:
    assert detect_language(text).code == SENTENCES[text]


@pytest.mark.parametrize("text", HINDI)
def test_romanised_hindi_is_hindi_or_unsure(text: str) -> None:
    found = detect_language(text)
    assert found.code == "hi" or found.score < 0.65


@pytest.mark.parametrize("text", ENGLISH)
def test_short_english_stays_english(text: str) -> None:
    assert detect_language(text).code == "en"


def test_the_score_rises_with_what_there_is_to_tell_by() -> None:
    text = "The mill stood by the river for two hundred years before anybody asked."
    scores = [detect_language(text[:size]).score for size in (12, 24, 48, len(text))]
    assert scores == sorted(scores)
    assert scores[0] < 0.95 < scores[-1]
