/** A moment on the proleptic Gregorian calendar, in the zone in which it was given. */
export interface CalendarDay {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  /** 0 for Monday to 6 for Sunday. */
  readonly weekday: number;
  /** Whole days since the last first of March, 0 to 365. */
  readonly sinceMarch: number;
  /** Share of the day that has passed, in [0, 1). */
  readonly time: number;
}

/**
 * The calendar day of a number of days since 1970-01-01, by whole-number arithmetic alone.
 *
 * @param days may be negative, and fractional for a time of day.
 * @see Hinnant 2013, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
 */
export function calendarOf(days: number): CalendarDay {
  const whole = Math.floor(days);
  const shifted = whole + 719_468; // days since 0000-03-01
  const era = Math.floor(shifted / 146_097); // 400 years
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const sinceMarch = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * sinceMarch + 2) / 153); // 0 for March
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: sinceMarch - Math.floor((153 * marchMonth + 2) / 5) + 1,
    weekday: whole + 3 - 7 * Math.floor((whole + 3) / 7),
    sinceMarch,
    time: days - whole,
  };
}
