"""What a press of the button would make: photos of products × scenes × shapes, each a job of so many pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dashboard.projects.models import Product, Project
from dashboard.studio.actions import JobSpec
from dashboard.studio.forms import GenerateForm
from dashboard.studio.scenes import Scene, ScenePreview, Shot, preview
from dashboard.ui.filters import whole_number
from generation.contract import CATALOGUE, PICTURES_MAX
from generation.models import Job
from generation.plurals import counted

NAMED = 3
"""Jobs that are named when a batch is trimmed."""


@dataclass(frozen=True)
class Trim:
    """``take`` jobs from the front of ``of``; it holds only as long as the form still asks for ``of``."""

    take: int
    of: int

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Trim | None":
        take, of = _number(data.get("take")), _number(data.get("take_of"))
        return cls(take, of) if take and of and take < of else None


@dataclass(frozen=True)
class BatchPlan:
    """What the form holds, as far as it can be read: it may be half filled in, and wrong."""

    products: Sequence[Product]
    photos: int
    """Photos of the products that pictures are made of, one of each at least."""
    scenes: Sequence[Scene]
    shapes: Sequence[str]
    of_each: int
    """Pictures of each job; zero where the number cannot be read."""
    credits_each: int
    """Credits of a picture; zero for a model that does not exist."""
    writes: bool = False
    """Whether the words are one's own."""
    project: Project | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    """What fills the scenes for the first product, by the questions' keys."""
    specs: Sequence[JobSpec] = ()
    """One for each job, before it is trimmed; none while anything is wrong or missing."""
    trim: Trim | None = None

    @classmethod
    def of(cls, form: GenerateForm) -> "BatchPlan":
        model = CATALOGUE.get(str(form["model"].value()))
        number = _number(form["num_images"].value())
        products = form.chosen_products
        return cls(
            products=products,
            photos=form.photo_count,
            scenes=form.scenes,
            shapes=form.chosen_shapes,
            of_each=number if number <= PICTURES_MAX else 0,
            credits_each=model.credits if model else 0,
            writes=form.writes,
            project=form.chosen_project,
            answers=form.answers(products[0] if products else None),
            specs=_specs(form.cleaned_data) if form.is_valid() else (),
        )

    def trimmed(self, trim: Trim | None) -> "BatchPlan":
        """The plan cut short; as it is where ``trim`` is of another one."""
        return replace(self, trim=trim if trim and trim.of == self.requested else None)

    @property
    def requested(self) -> int:
        """Jobs that the form asks for, before it is trimmed."""
        return self.photos * len(self.scenes) * len(self.shapes)

    @property
    def requested_pictures(self) -> int:
        return self.requested * self.of_each

    @property
    def jobs(self) -> int:
        """Jobs of the batch: those requested, or what is left of them."""
        return self.trim.take if self.trim else self.requested

    @property
    def pictures(self) -> int:
        return self.jobs * self.of_each

    @property
    def credits(self) -> int:
        return self.pictures * self.credits_each

    @property
    def to_start(self) -> list[JobSpec]:
        """Of each job of the batch what makes it; nothing while anything is wrong or missing."""
        return list(self.specs[: self.jobs])

    @property
    def note(self) -> str:
        """How the number of pictures comes about."""
        scenes = [] if self.writes else [counted(len(self.scenes), "preset")]
        products, shapes = counted(len(self.products), "product"), counted(len(self.shapes), "shape")
        if self.photos > len(self.products):
            products = f"{counted(self.photos, 'photo')} of {products}"
        return " × ".join([products, *scenes, shapes, str(self.of_each)])

    @property
    def dropped(self) -> list[str]:
        """The first of the jobs that trimming leaves out, in words."""
        return [_named(spec) for spec in self.specs[self.jobs : self.jobs + NAMED]]

    @property
    def dropped_more(self) -> int:
        return max(0, self.requested - self.jobs - NAMED)

    @property
    def previews(self) -> list[ScenePreview]:
        """What the first product will be shown in; one's own words are seen where they are typed."""
        product = self.products[0].name if self.products else "Your product"
        return [] if self.writes else [preview(scene, product=product, answers=self.answers) for scene in self.scenes]


def _specs(cleaned: Mapping[str, Any]) -> list[JobSpec]:
    shots: list[Shot] = cleaned["shots"]
    return [
        JobSpec(
            product=shot.product,
            asset=shot.photo,
            prompt=shot.prompt,
            model=cleaned["model"],
            aspect_ratio=shape,
            num_images=cleaned["num_images"],
            project=cleaned["project"],
            preset_version=shot.scene.version,
            provider_preset=shot.scene.preset.provider_id if shot.scene.preset else "",
            parent=cleaned["parent"],
            lineage=Job.Lineage.VARIATION if cleaned["parent"] else Job.Lineage.NONE,
            variables=shot.values,
        )
        for shot in shots
        for shape in cleaned["aspect_ratio"]
    ]


def _named(spec: JobSpec) -> str:
    scene = f", {spec.preset_version.preset.name}" if spec.preset_version else ""
    return f"{spec.product.name}{scene}, {spec.aspect_ratio}"


def _number(value: object) -> int:
    return whole_number(str(value or ""), at_most=99_999) or 0
