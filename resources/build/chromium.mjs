/** Where a Chromium for the browser tests may be. Plain JavaScript: setup runs it on the system's own Node. */
import { existsSync } from 'node:fs';

const knownPlaces = {
  linux: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'],
  darwin: ['/Applications/Chromium.app/Contents/MacOS/Chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/**
 * Finds a Chromium: the one named by GATEHOUSE_CHROMIUM, else the first known place that holds one.
 * @returns {string | null} its path, or null when there is none
 */
export function findChromium() {
  const named = process.env.GATEHOUSE_CHROMIUM;
  if (named) return existsSync(named) ? named : null;
  const platform = process.platform;
  const places = platform === 'linux' || platform === 'darwin' || platform === 'win32' ? knownPlaces[platform] : [];
  return places.find((place) => existsSync(place)) ?? null;
}
