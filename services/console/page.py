"""Frame of a page: its address, both times, language, navigation and foot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote, urlencode

import htpy as h

from projections.columns import Label
from services.console.texts import TEXTS
from services.query.moment import Moment
from services.wording import Wording

ROOT = "/console"
TIMES = ("as_of", "known_at")


@dataclass(frozen=True, slots=True)
class Page:
    """Address of a page, and the moment and language in which it is shown."""

    path: str
    given: Mapping[str, str]
    """Parameters of the address."""
    moment: Moment
    wording: Wording

    def text(self, name: str, /, **values: object) -> str:
        """Return a text of the console in the language of the page."""
        return self.wording.told(TEXTS[name], **values)

    def label(self, label: Label) -> str:
        """Return a label in the language of the page."""
        return self.wording.label(label)

    def link(self, path: str, **parameters: str | int | None) -> str:
        """Return the address of another page of the same moment and language.

        Times that this address leaves out mean the present there, too. None takes a parameter away.
        """
        kept = {name: self.given[name] for name in (*TIMES, "lang") if name in self.given}
        asked = {name: str(value) for name, value in {**kept, **parameters}.items() if value is not None}
        return f"{path}?{urlencode(asked)}" if asked else path

    def same(self, **parameters: str | int | None) -> str:
        """Return the address of this page with other parameters."""
        return self.link(self.path, **{**self.given, **parameters})

    def entry(self, sequence: int) -> h.Element:
        """Return a link to an entry."""
        return h.a(href=self.link(f"{ROOT}/entries/{sequence}"))[f"#{sequence}"]

    def subject(self, subject: str) -> h.Node:
        """Return a link to the page of a deal or account; other subjects are plain text."""
        kind, _, name = subject.partition("/")
        if kind not in ("deal", "account"):
            return subject
        return h.a(href=self.link(f"{ROOT}/{kind}s/{quote(name, safe='')}"))[name]

    def render(self, title: str, *content: h.Node, times: bool = True) -> str:
        """Return the whole page as HTML; a page that is of no moment has no times."""
        lang = "zh-CN" if self.wording.language == "zh" else "en"
        return str(
            h.html(lang=lang)[
                h.head[
                    h.meta(charset="utf-8"),
                    h.meta(name="viewport", content="width=device-width, initial-scale=1"),
                    h.meta(name="color-scheme", content="light dark"),
                    h.title[f"{title} · Daybook"],
                    h.link(rel="icon", href=f"{ROOT}/assets/icon.svg", type="image/svg+xml"),
                    h.link(rel="stylesheet", href=f"{ROOT}/assets/console.css"),
                    h.script(src=f"{ROOT}/assets/console.js", defer=True),
                ],
                h.body[
                    h.a(".skip", href="#content")[self.text("to content")],
                    self._head(times),
                    h.main("#content", tabindex="-1")[h.h1[title], content],
                ],
            ]
        )

    def _head(self, times: bool) -> h.Element:
        other = "en" if self.wording.language == "zh" else "zh"
        return h.header[
            h.nav(aria_label=self.text("pages"))[
                h.a(".name", href=self.link("/"))["Daybook"],
                h.a(href=self.link("/"))[self.text("overview")],
                h.a(href=self.link(f"{ROOT}/reports"))[self.text("reports")],
                h.a(href="/docs")[self.text("api")],
                h.a(".language", href=self.same(lang=other), lang="en" if other == "en" else "zh-CN")[
                    self.text("language")
                ],
            ],
            self._times() if times else None,
        ]

    def _month_ends(self) -> list[str]:
        """Last days of the three months before the day shown."""
        day, found = date.fromisoformat(self.wording.day(self.moment.as_of)), []
        for _ in range(3):
            day = day.replace(day=1) - timedelta(days=1)
            found.append(day.isoformat())
        return found

    def _times(self) -> h.Element:
        """Both times as a form; with the script, sliders stand beside the fields."""
        others = {name: value for name, value in self.given.items() if name not in (*TIMES, "cursor")}
        fields = [
            ("as_of", self.text("as of"), self.text("slide as of"), self.given.get("as_of", "")),
            ("known_at", self.text("known at"), self.text("slide known at"), self.given.get("known_at", "")),
        ]
        now = self.text("now")
        return h.form(".times", method="get", action=self.path, aria_label=self.text("both times"))[
            [h.input(type="hidden", name=name, value=value) for name, value in others.items()],
            [
                h.div(".time")[
                    h.label(for_=name)[label],
                    h.input(id=name, name=name, value=value, placeholder=now, autocomplete="off", size=12),
                    h.input(".slider", type="range", aria_label=slide, data_for=name, hidden=True),
                ]
                for name, label, slide, value in fields
            ],
            h.button(type="submit")[self.text("show")],
            h.p(".now")[
                h.a(href=self.same(as_of=None, known_at=None, cursor=None))[now],
                [[" ", h.a(href=self.same(as_of=day, cursor=None))[day]] for day in self._month_ends()],
            ],
            h.p(
                ".moment",
                data_day=self.wording.day(self.moment.as_of),
                data_known=str(self.moment.known_at),
            )[
                self.text("shown", as_of=self.wording.at(self.moment.as_of), known_at=self.moment.known_at),
                " · ",
                self.text("zone", zone=self.wording.zone),
            ],
        ]
