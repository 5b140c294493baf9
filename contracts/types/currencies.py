"""ISO 4217: which currency codes there are and were, with how many decimals, and when each could be used.

Sources: list one (active codes), without metals, funds of no country and test codes; list three (codes that were
withdrawn, by month). Decimals of withdrawn codes: where sources differ, the larger number, as invoices had them.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

_TWO = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
    "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
    "MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
    "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG "
    "YER ZAR ZMW ZWG"
)
_ACTIVE: dict[str, int] = (
    dict.fromkeys(_TWO.split(), 2)
    | dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0)
    | dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3)
    | dict.fromkeys("CLF UYW".split(), 4)
)
_WITHDRAWN = """
ADP 2003-07  AFA 2003-01  ALK 1989-12  ANG 2025-03  AOK 1991-03  AON 2000-02  AOR 2000-02  ARA 1992-01  ARP 1985-07
ARY 1990-12  ATS 2002-03  AYM 2005-10  AZM 2005-12  BAD 1998-07  BEC 1990-03  BEF 2002-03  BEL 1990-03  BGJ 1990-12
BGK 1990-12  BGL 2003-11  BGN 2025-12  BOP 1987-02  BRB 1986-03  BRC 1989-02  BRE 1993-03  BRN 1990-03  BRR 1994-07
BUK 1990-02  BYB 2001-01  BYR 2017-01  CHC 2004-11  CSD 2006-10  CSJ 1990-12  CSK 1993-03  CUC 2021-06  CYP 2008-01
DDM 1990-09  DEM 2002-03  ECS 2000-09  ECV 2000-09  EEK 2011-01  ESA 1981-12  ESB 1994-12  ESP 2002-03  FIM 2002-03
FRF 2002-03  GEK 1995-10  GHC 2008-01  GHP 2007-06  GNE 1989-12  GNS 1986-02  GQE 1986-06  GRD 2002-03  GWE 1981-12
GWP 1997-05  HRD 1995-01  HRK 2023-01  IEP 2002-03  ILP 1981-12  ILR 1990-12  ISJ 1990-12  ITL 2002-03  LAJ 1979-12
LSM 1985-05  LTL 2014-12  LTT 1993-07  LUC 1990-03  LUF 2002-03  LUL 1990-03  LVL 2014-01  LVR 1994-12  MGF 2004-12
MLF 1984-11  MRO 2017-12  MTL 2008-01  MTP 1983-06  MVQ 1989-12  MXP 1993-01  MZE 1981-12  MZM 2006-06  NIC 1990-10
NLG 2002-03  PEH 1990-12  PEI 1991-07  PES 1986-02  PLZ 1997-01  PTE 2002-03  RHD 1981-12  ROK 1990-12  ROL 2005-06
RUR 2004-01  SDD 2007-07  SDP 1998-06  SIT 2007-01  SKK 2009-01  SLL 2023-12  SRG 2003-12  STD 2017-12  SUR 1990-12
TJR 2001-04  TMM 2009-01  TPE 2002-11  TRL 2005-12  UAK 1996-09  UGS 1987-05  UGW 1990-12  USS 2014-03  UYN 1989-12
UYP 1993-03  VEB 2008-01  VEF 2018-08  VNC 1990-12  XEU 1999-01  XFO 2006-10  XFU 2013-11  XRE 1999-11  YDD 1991-09
YUD 1990-01  YUM 2003-07  YUN 1995-11  ZAL 1995-03  ZMK 2012-12  ZRN 1999-06  ZRZ 1994-02  ZWC 1989-12  ZWD 2008-08
ZWL 2024-09  ZWN 2006-09  ZWR 2009-06
"""
"""The last month of each code that was withdrawn."""

_INTRODUCED = """
AFN 2002-10  AOA 1999-12  ARS 1992-01  AZN 2006-01  BAM 1998-06  BGN 1999-07  BOB 1987-01  BRL 1994-07  BYN 2016-07
BYR 2000-01  CDF 1997-11  CSD 2003-07  CZK 1993-01  EEK 1992-06  ERN 1997-11  EUR 1999-01  GEL 1995-10  GHS 2007-07
HRK 1994-05  KGS 1993-05  KZT 1993-11  LTL 1993-06  LVL 1993-03  MDL 1993-11  MGA 2003-07  MRU 2018-01  MXN 1993-01
MZN 2006-07  NAD 1993-09  PEN 1991-07  PLN 1995-01  RON 2005-07  RSD 2006-10  RUB 1998-01  SDG 2007-01  SKK 1993-01
SLE 2022-07  SRD 2004-01  SSP 2011-07  STN 2018-01  TJS 2000-10  TMT 2009-01  TRY 2005-01  UAH 1996-09  UYU 1993-03
UYW 2018-08  UZS 1994-07  VED 2021-10  VEF 2008-01  VES 2018-08  XCG 2025-03  ZMW 2013-01  ZWG 2024-04  ZWL 2009-02
"""
"""The first month of the codes that took another's place. All others count as if they had always been there."""

GRACE = timedelta(days=183)
"""Half a year before a currency comes and after it has gone: contracts are written in it early, and it is settled, paid
back and corrected late."""


def _months(table: str) -> Iterator[tuple[str, int, int]]:
    words = table.split()
    for code, month in zip(words[::2], words[1::2], strict=True):
        yield code, int(month[:4]), int(month[5:])


_UNTIL = {code: date(year + month // 12, month % 12 + 1, 1) for code, year, month in _months(_WITHDRAWN)}
"""The first day on which a code is no longer in use."""
_FROM = {code: date(year, month, 1) for code, year, month in _months(_INTRODUCED)}

MINOR_UNITS: dict[str, int] = (
    dict.fromkeys(_UNTIL, 2) | dict.fromkeys("ADP BYB BYR ESP ITL LUF MGF TPE TRL".split(), 0) | _ACTIVE
)
"""Digits after the point for each code that there is or was."""

WITHDRAWN = frozenset(_UNTIL)
"""The codes that are no longer in use."""

BOUNDED = frozenset({*_FROM, *_UNTIL})
"""The codes that were not in use at every time."""


def out_of_use(code: str, at: datetime) -> str | None:
    """Reason why a currency could not be used at a time, in words after "must be"; None when it could."""
    if code not in BOUNDED:
        return None
    day = at.date()
    if (until := _UNTIL.get(code)) is not None and day - until >= GRACE:
        return f"a currency of its day: {code} was in use until {until - timedelta(days=1)}"
    if (from_ := _FROM.get(code)) is not None and from_ - day > GRACE:
        return f"a currency of its day: {code} is in use since {from_}"
    return None
