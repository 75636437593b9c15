"""The door to one's own data: taken away as an archive, erased with the account."""

from marketplace.my_data.service.exporting import ask, on_person_deleted
from marketplace.my_data.service.leaving import farewell, leave

__all__ = ["ask", "farewell", "leave", "on_person_deleted"]
