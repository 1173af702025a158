"""What a press of the button will cost, as the page is first shown; the script keeps it right afterwards."""

from dataclasses import dataclass

from dashboard.studio.forms import GenerateForm
from generation.contract import CATALOGUE, PICTURES_MAX


@dataclass(frozen=True)
class Quote:
    products: int
    shapes: int
    of_each: int
    credits_each: int
    left: int

    @property
    def after(self) -> int:
        """Credits left after this press."""
        return max(0, self.left - self.credits)

    @property
    def pictures(self) -> int:
        return self.products * self.shapes * self.of_each

    @property
    def credits(self) -> int:
        return self.pictures * self.credits_each

    @property
    def note(self) -> str:
        """How the number of pictures comes about."""
        products = f"{self.products} product{'' if self.products == 1 else 's'}"
        shapes = f"{self.shapes} shape{'' if self.shapes == 1 else 's'}"
        return f"{products} × {shapes} × {self.of_each}"


def quote(form: GenerateForm, *, left: int) -> Quote:
    """The price of what the form holds now, valid or not."""
    model = CATALOGUE.get(str(form["model"].value()))
    return Quote(
        products=len(form["product"].value() or []),
        shapes=len(form["aspect_ratio"].value() or []),
        of_each=_count(form["num_images"].value()),
        credits_each=model.credits if model else 0,
        left=left,
    )


def _count(value: object) -> int:
    text = str(value)
    return int(text) if text.isdecimal() and 1 <= int(text[:3]) <= PICTURES_MAX else 0
