package io.millrace.event;

/// Reads ISO 8601 times from ASCII: `2001-01-01`, `2001-01-01T05:01`, with seconds, a fraction of any length (what lies
/// under a millisecond is dropped) and `Z`, `+02`, `+0200` or `+02:00`; a space may stand for `T`; no zone is UTC. No
/// allocation.
final class IsoTime {
    /// No time.
    static final long NONE = Long.MIN_VALUE;

    private static final long DAY = 86_400_000;
    private static final byte[] DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    private static final int BAD = -1;

    private IsoTime() {}

    /// Milliseconds since 1970, or [#NONE].
    static long millis(byte[] text, int offset, int length) {
        int end = offset + length;
        if (length < 10 || text[offset + 4] != '-' || text[offset + 7] != '-') {
            return NONE;
        }
        int year = number(text, offset, 4);
        int month = number(text, offset + 5, 2);
        int day = number(text, offset + 8, 2);
        if (year < 1 || month < 1 || month > 12 || day < 1 || day > days(year, month)) {
            return NONE;
        }
        long date = DAY * epochDay(year, month, day);
        if (length == 10) {
            return date;
        }
        byte separator = text[offset + 10];
        if (length < 16 || (separator != 'T' && separator != 't' && separator != ' ') || text[offset + 13] != ':') {
            return NONE;
        }
        int hour = number(text, offset + 11, 2);
        int minute = number(text, offset + 14, 2);
        if (hour == BAD || hour > 23 || minute == BAD || minute > 59) {
            return NONE;
        }
        return rest(text, offset + 16, end, date + 3_600_000L * hour + 60_000L * minute);
    }

    /// Seconds, fraction and zone.
    private static long rest(byte[] text, int from, int end, long minutes) {
        int i = from;
        long millis = minutes;
        if (i < end && text[i] == ':') {
            int second = end - i < 3 ? BAD : number(text, i + 1, 2);
            if (second == BAD || second > 59) {
                return NONE;
            }
            millis += 1_000L * second;
            i += 3;
            if (i < end && (text[i] == '.' || text[i] == ',')) {
                int first = ++i;
                int unit = 100;
                for (; i < end && text[i] >= '0' && text[i] <= '9'; i++) {
                    millis += (long) unit * (text[i] - '0');
                    unit /= 10;
                }
                if (i == first) {
                    return NONE;
                }
            }
        }
        int zone = zone(text, i, end);
        return zone == Integer.MIN_VALUE ? NONE : millis - 60_000L * zone;
    }

    /// Minutes east of UTC, or MIN_VALUE.
    private static int zone(byte[] text, int from, int end) {
        int length = end - from;
        if (length == 0 || (length == 1 && (text[from] == 'Z' || text[from] == 'z'))) {
            return 0;
        }
        boolean east = text[from] == '+';
        boolean colon = length == 6 && text[from + 3] == ':';
        if ((!east && text[from] != '-') || (length != 3 && length != 5 && !colon)) {
            return Integer.MIN_VALUE;
        }
        int hours = number(text, from + 1, 2);
        int minutes = length == 3 ? 0 : number(text, end - 2, 2);
        if (hours == BAD || hours > 18 || minutes == BAD || minutes > 59) {
            return Integer.MIN_VALUE;
        }
        return (east ? 1 : -1) * (60 * hours + minutes);
    }

    private static int number(byte[] text, int offset, int digits) {
        int number = 0;
        for (int i = offset; i < offset + digits; i++) {
            if (text[i] < '0' || text[i] > '9') {
                return BAD;
            }
            number = 10 * number + text[i] - '0';
        }
        return number;
    }

    private static int days(int year, int month) {
        boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        return month == 2 && leap ? 29 : DAYS[month - 1];
    }

    /// Days since 1970 in the proleptic Gregorian calendar: Howard Hinnant, *chrono-Compatible Low-Level Date
    /// Algorithms*, `days_from_civil`, for years from 0 on.
    private static long epochDay(int year, int month, int day) {
        int y = month <= 2 ? year - 1 : year;
        int era = y / 400;
        int yearOfEra = y - era * 400;
        int dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097L + dayOfEra - 719_468;
    }
}
