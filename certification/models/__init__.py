"""What proves it: requirements, periods, certificates and who stands where on a day."""

from certification.models.certificates import Certificate, CertificateEvent
from certification.models.periods import Evidence, Exemption, Period
from certification.models.requirements import Requirement, RequirementCourse, RequirementRule
from certification.models.standing import PersonStanding

__all__ = [
    "Certificate",
    "CertificateEvent",
    "Evidence",
    "Exemption",
    "Period",
    "PersonStanding",
    "Requirement",
    "RequirementCourse",
    "RequirementRule",
]
