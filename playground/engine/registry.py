"""Everything that can be chosen by name: data sets, models, optimisers, labs, exporters.

A registry fills itself by importing every module of its package once; a new data set is one new file.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Names to entries, in the order of `rank` and then of registration."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._entries: dict[str, T] = {}
        self._rank: dict[str, int] = {}

    def register(self, name: str, entry: T, rank: int = 100) -> None:
        if name in self._entries:
            raise ValueError(f"two entries of {self.what} are called {name}")
        self._entries[name] = entry
        self._rank[name] = rank

    def __getitem__(self, name: str) -> T:
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._entries, key=lambda name: self._rank[name]))

    def __len__(self) -> int:
        return len(self._entries)

    def items(self) -> list[tuple[str, T]]:
        return [(name, self._entries[name]) for name in self]

    def values(self) -> list[T]:
        return [self._entries[name] for name in self]


def discover(package: str) -> None:
    """Import every module of a package, so that each can register what it holds."""
    path = importlib.import_module(package).__path__
    for module in sorted(m.name for m in pkgutil.iter_modules(path)):
        importlib.import_module(f"{package}.{module}")


def register_kind(registry: Registry[Any], rank: int = 100) -> Callable[[type], type]:
    """Class decorator for a Spec with a `kind` tag: the tag is its name in the registry."""

    def decorate(cls: type) -> type:
        registry.register(cls.model_fields["kind"].default, cls, rank)  # type: ignore[attr-defined]
        return cls

    return decorate


datasets: Registry[Any] = Registry("data sets")
models: Registry[Any] = Registry("models")
optimizers: Registry[Any] = Registry("optimisers")
labs: Registry[Any] = Registry("labs")
exporters: Registry[Any] = Registry("exporters")
