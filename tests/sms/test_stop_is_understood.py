"""STOP is understood however it is written, and no sentence that only has the word in it."""

import pytest

from sms import words


@pytest.mark.parametrize(
    "text",
    [
        *("STOP", " stop. ", "Arrêt", "arr\u0065\u0302t", "ARRÊTEZ !", "stop sms", "STOP ALL"),
        *("“STOP”", "‘stop’", "« STOP »", "«\u202fSTOP\u202f»", '"Stop"', "¡STOP!", "*STOP*"),  # noqa: RUF001
        *(
            "STOP 😡",
            "🛑 STOP 🛑",
            "STOP✋🏽",
            "STOP\u200b",
            "\ufeffSTOP",
            "ST\u00adOP",
            "ＳＴＯＰ",  # noqa: RUF001
        ),
        *("STOP 36111", "STOP au 36111", "STOP36111", "STOP 36 111", "stop au 36\u00a0111."),
        *("opt-out", "OPT\u2011OUT", "Opt out", "optout", "stop svp", "Stop, merci", "STOP pub"),
        *("désabonne", "désabonnez-moi", "Désabonnez-moi svp", "unsubscribe me, please"),
        *("désinscrivez-moi", "Stop\nZoë", "\n STOP\r\n-- \nSent from my phone"),
        *("STOPP", "ABMELDEN", "BAJA", "BASTA", "PARAR", "SAIR", "AFMELDEN"),
    ],
)
def test_these_leave(text):
    assert words.leaves(text)
    assert not words.returns(text)


@pytest.mark.parametrize(
    "text",
    [
        *("ne stoppez pas", "Please don't stop these!", "non-stop", "Nonstop", "", "😡", "36111"),
        *("Stop by the shop tomorrow?", "stop me if you know it", "au 36111", "Where is the stop"),
        *("I cannot stop laughing", "arrêt de bus", "the end", "stopwatch", "merci", "pub"),
        *("Don't\nstop", "un arrêt au 36111", "stop at 5", "cancel my order", "basta cosi no"),
    ],
)
def test_these_do_not(text):
    assert not words.leaves(text)


@pytest.mark.parametrize("text", ["START", "« start »", "Unstop 🙂", "opt-in", "Reprendre !"])
def test_these_come_back(text):
    assert words.returns(text)
    assert not words.leaves(text)


@pytest.mark.parametrize("text", ["Start\nwith a joke", "start please", "don't start"])
def test_coming_back_is_the_whole_message(text):
    assert not words.returns(text)
