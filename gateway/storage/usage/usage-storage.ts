/** Usage as the rest of the program asks for it: of everything that is in the log, the moment before included. */
import type { UsageAnswer } from '../../contract/money/usage.ts';
import type { LogBackground } from '../background.ts';
import type { Histogram, HistogramQuestion } from '../search/request-histogram.ts';
import type { UsageSummaries } from '../usage-summaries.ts';
import type { Writer } from '../writer.ts';
import type { SpentHour, SpentHoursQuestion, UsageQuestion } from './usage-queries.ts';

/** All reject with ReadFailedError. */
export interface UsageStorage {
  /** Figures by interval and group; null where there would be too many. */
  query(question: UsageQuestion): Promise<UsageAnswer | null>;
  /** How many requests a query finds over time. */
  histogram(question: HistogramQuestion): Promise<Histogram>;
  /** What a scope spent, hour by hour; hours without any request are left out. */
  spentHours(question: SpentHoursQuestion): Promise<readonly SpentHour[]>;
}

interface Parts {
  readonly writer: Writer;
  readonly background: LogBackground;
  readonly summaries: UsageSummaries;
}

export function usageStorage({ writer, background, summaries }: Parts): UsageStorage {
  const bringUpToDate = (): void => {
    writer.flush();
    summaries.write();
  };
  return {
    query(question) {
      bringUpToDate();
      return background.usage(question);
    },
    histogram(question) {
      bringUpToDate();
      return background.histogram(question);
    },
    spentHours(question) {
      bringUpToDate();
      return background.spentHours(question);
    },
  };
}
