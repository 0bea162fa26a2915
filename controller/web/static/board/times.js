// Plant seconds as local times and back; the same words as the server's.

const HOUR_MIN = 60;

/** Return what turns plan seconds into local times of the plant. */
export function timesOf(originUtc, zone) {
  const origin = Date.parse(originUtc) / 1000;
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const days = new Intl.DateTimeFormat("en-GB", { timeZone: zone, day: "numeric", month: "short" });
  const offsets = new Map();

  /** Seconds that local time is ahead of UTC, looked up once for each quarter of a day. */
  function ahead(atS) {
    const quarter = Math.floor((origin + atS) / 21_600);
    let found = offsets.get(quarter);
    if (found === undefined) {
      const utc = quarter * 21_600;
      const at = Object.fromEntries(parts.formatToParts(new Date(utc * 1000)).map(({ type, value }) => [type, Number(value)]));
      found = Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second) / 1000 - utc;
      offsets.set(quarter, found);
    }
    return found;
  }
  const local = (atS) => origin + atS + ahead(atS);
  const two = (number) => String(number).padStart(2, "0");

  return {
    /** Local seconds since 1970, for marks at whole hours. */
    local,
    /** Plan second of a local second. */
    ofLocal: (localS, nearS) => localS - origin - ahead(nearS),
    clock(atS) {
      const second = ((Math.round(local(atS)) % 86_400) + 86_400) % 86_400;
      return `${two(Math.floor(second / 3600))}:${two(Math.floor((second % 3600) / 60))}`;
    },
    /** `11:42`, or `25 Nov 11:42` on another day than now. */
    said(atS, nowS) {
      const same = Math.floor(local(atS) / 86_400) === Math.floor(local(nowS) / 86_400);
      return same ? this.clock(atS) : `${this.day(atS)} ${this.clock(atS)}`;
    },
    day: (atS) => days.format(new Date((origin + atS) * 1000)),
    secondOf: (iso) => Date.parse(iso) / 1000 - origin,
    /** For an input of type datetime-local, and back. */
    toInput: (atS) => new Date(local(atS) * 1000).toISOString().slice(0, 16),
    fromInput(words) {
      const wanted = Date.parse(`${words}:00Z`) / 1000;
      const guess = wanted - origin - ahead(wanted - origin);
      return Math.round(wanted - origin - ahead(guess));
    },
  };
}

/** `36 min`, `1 h 52`. */
export function lasting(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < HOUR_MIN ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}`;
}

/** `+1 min`, `−35 min`, `+3 h 25`. */
export function slackWords(seconds) {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const sign = seconds >= 0 ? "+" : "−";
  return minutes < HOUR_MIN ? `${sign}${minutes} min` : `${sign}${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}`;
}
