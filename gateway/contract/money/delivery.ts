/** Sending an alert to one URL: what waits, and how each try went. */
import type { Alert } from './alert.ts';

/** What is still to be sent. */
export interface Delivery {
  readonly alert: Alert;
  readonly url: string;
  /** How often it was tried before. */
  readonly tries: number;
}

/** How a delivery stands after a try. */
export interface DeliveryTry {
  readonly alertId: string;
  readonly url: string;
  readonly tries: number;
  readonly triedAtMs: number;
  /** Null when it is over. */
  readonly nextTryAtMs: number | null;
  /** A sentence; null when it was taken. */
  readonly problem: string | null;
}

/** How the latest try to one URL went. */
export type LastTry = Pick<DeliveryTry, 'url' | 'tries' | 'nextTryAtMs' | 'problem'>;
