/** Shows an alert as a notification of the desktop. */
import { Notification } from 'electron';
import type { Alert, alertKinds } from '../gateway/contract/money/alert.ts';

const titles: Readonly<Record<(typeof alertKinds)[number], string>> = {
  'budget-threshold': 'A budget is nearly spent',
  'budget-spent': 'A budget is spent',
  'budget-refused': 'A request was refused by its budget',
  'over-bound': 'A budget is closed',
  'unusual-spend': 'Unusual spending',
  test: 'A test of alerts',
};

/** One that nobody holds would be collected, and its click heard by nobody. The oldest goes first. */
const shown: Notification[] = [];
const mostShown = 16;

/** @param onClick a person wants to know more */
export function notify({ kind, message }: Alert, onClick: () => void): void {
  const notification = new Notification({ title: `Gatehouse: ${titles[kind]}`, body: message });
  notification.on('click', onClick);
  shown.push(notification);
  if (shown.length > mostShown) shown.shift();
  notification.show();
}
