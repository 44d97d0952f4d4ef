/** Times of day and days of the week, as the clocks on the wall show them. */
import { type TimeTest, weekDays } from '../../contract/policy/condition.ts';
import type { DecisionClock } from '../question.ts';

const minuteMs = 60_000;
const minutesOfDay = 1_440;
/** The first of January 1970 was a Thursday. */
const firstWeekDay = 3;

export interface WallTime {
  readonly minuteOfDay: number;
  /** 0 is Monday. */
  readonly weekDay: number;
}

export function wallTime({ atMs, utcOffsetMinutes }: DecisionClock): WallTime {
  const minutes = Math.floor(atMs / minuteMs) + utcOffsetMinutes;
  const day = Math.floor(minutes / minutesOfDay);
  return { minuteOfDay: minutes - day * minutesOfDay, weekDay: (((day + firstWeekDay) % 7) + 7) % 7 };
}

/** @param text `22:00` */
export function minuteOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

/** @returns `22:00` */
export function timeText(minuteOfDay: number): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}`;
}

/** A span past midnight belongs to the day on which it begins. */
export function compileTime({ from, to, days }: TimeTest): (clock: DecisionClock) => boolean {
  const start = minuteOf(from);
  const end = minuteOf(to);
  const wanted = weekDays.map((day) => days === undefined || days.includes(day));
  return (clock) => {
    const { minuteOfDay, weekDay } = wallTime(clock);
    if (start === end) return wanted[weekDay] === true;
    if (start < end) return minuteOfDay >= start && minuteOfDay < end && wanted[weekDay] === true;
    if (minuteOfDay >= start) return wanted[weekDay] === true;
    return minuteOfDay < end && wanted[(weekDay + 6) % 7] === true;
  };
}
