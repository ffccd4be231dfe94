/** Codes of ISO 4217 for money in use, without funds, metals and tests. */
const CODES =
  `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP
  CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD
  IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
  MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS
  SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
  ZWG`.split(/\s+/);

/** Signs made of letters, as they are written in their countries. */
const LETTERS = ["kr", "z\u0142", "K\u010d", "Ft", "Fr\\.", "Fr"];

/** Pattern of the sign or the code of a currency, for regular expressions in Unicode mode: `\u20ac`, `US$`, `EUR`, `kr`. */
export const CURRENCY = `(?:[A-Z]{0,3}\\p{Sc}|${[...CODES, ...LETTERS].join("|")})`;

const WHOLE = new RegExp(`^${CURRENCY}$`, "u");

/** Whether a value that comes from outside is the sign or the code of a currency. */
export const isCurrency = (value: unknown): boolean => typeof value === "string" && WHOLE.test(value);
