"""The development settings, with the bare views of the benchmark beside the product's."""

from labelhub.settings.dev import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.bare"
