"""The forms of a page, as a browser sends them without script."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

Fields = dict[str, list[str]]


@dataclass
class Form:
    action: str
    method: str
    fields: Fields = field(default_factory=dict)

    def add(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.forms, self.form = page, list[Form](), None
        self.select, self.text = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name, is_on = said.get("name", ""), "checked" in said or said.get("type") not in {"checkbox", "radio"}
        if tag == "form":
            self.form = Form(urljoin(self.page, said.get("action", "")), said.get("method", "get"))
            self.forms.append(self.form)
        elif self.form is None:
            return
        elif tag == "input" and name and is_on and said.get("type") != "file":
            self.form.add(name, said.get("value", "on" if said.get("type") in {"checkbox", "radio"} else ""))
        elif tag in {"select", "textarea"}:
            self.select, self.text = (name, "") if tag == "select" else ("", name)
            self.form.fields.setdefault(name, [])
        elif tag == "option" and self.select and ("selected" in said or not self.form.fields[self.select]):
            self.form.fields[self.select] = [said.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self.form and self.text:
            before = "".join(self.form.fields[self.text])
            self.form.fields[self.text] = [before + data if before else data.removeprefix("\n")]  # as browsers read it

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag in {"select", "textarea"}:
            self.select = self.text = ""


def forms(html: str, *, page: str) -> list[Form]:
    """Those of the page at an address, in its order."""
    reader = _Reader(page)
    reader.feed(html)
    return reader.forms


def form_to(html: str, action: str, *, page: str) -> Form:
    """The first form that posts to an address."""
    return next(form for form in forms(html, page=page) if form.method == "post" and form.action == action)
