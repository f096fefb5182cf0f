"""The catalogue of notification types, as the API and the workers read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.intake.catalogue import Catalogue

if TYPE_CHECKING:
    from chalicelib.composition.adapters import Adapters
    from chalicelib.settings import Settings


def catalogue(adapters: Adapters, settings: Settings) -> Catalogue:
    """The catalogue with its cache."""
    return Catalogue(types=adapters.notification_types, clock=adapters.clock, cache_s=settings.catalogue_cache_s)
