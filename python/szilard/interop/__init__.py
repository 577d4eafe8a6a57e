"""Quantities and tables to and from other libraries, without loss or with a reason.

None of the libraries is imported before the first conversion.
"""

from szilard.interop._defer_pint import defer as _defer
from szilard.interop.arrow import to_arrow as to_arrow
from szilard.interop.arrow import unit_of as unit_of
from szilard.interop.astropy import from_astropy as from_astropy
from szilard.interop.astropy import to_astropy as to_astropy
from szilard.interop.pint import from_pint as from_pint
from szilard.interop.pint import to_pint as to_pint
from szilard.interop.uncertainties import from_uncertainties as from_uncertainties
from szilard.interop.uncertainties import to_uncertainties as to_uncertainties
from szilard.interop.unyt import from_unyt as from_unyt
from szilard.interop.unyt import to_unyt as to_unyt

_defer()
