"""Owns distance on the globe; never a place name."""

from __future__ import annotations

import math
from typing import Final

EARTH_KM: Final = 6371.0088
_KM_PER_DEGREE: Final = math.pi * EARTH_KM / 180
Point = tuple[float, float]


def distance_km(one: Point, other: Point) -> float:
    """Great-circle distance between two (latitude, longitude) pairs in degrees (haversine)."""
    north, south = math.radians(one[0]), math.radians(other[0])
    half_lat, half_lng = (south - north) / 2, math.radians(other[1] - one[1]) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(north) * math.cos(south) * math.sin(half_lng) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(chord)))


def box(centre: Point, radius_km: float) -> tuple[float, float, list[tuple[float, float]]]:
    """South, north and the longitude ranges that hold the circle: two across 180 degrees."""
    lat, lng = centre
    tall = radius_km / _KM_PER_DEGREE
    south, north = max(-90.0, lat - tall), min(90.0, lat + tall)
    if south == -90.0 or north == 90.0:
        return round(south, 5), round(north, 5), [(-180.0, 180.0)]
    wide = math.degrees(
        math.asin(min(1.0, math.sin(radius_km / EARTH_KM) / math.cos(math.radians(lat))))
    )
    west, east = lng - wide, lng + wide
    ranges = [(max(-180.0, west), min(180.0, east))]
    if west < -180.0:
        ranges.append((west + 360, 180.0))
    if east > 180.0:
        ranges.append((-180.0, east - 360))
    return round(south, 5), round(north, 5), [(round(w, 5), round(e, 5)) for w, e in ranges]
