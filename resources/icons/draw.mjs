/**
 * Draws every icon from the shapes below, in a Chromium: `node resources/icons/draw.mjs`. What it writes is kept in the
 * repository; run it again only to change a shape. States differ by shape, so that no one has to tell colours apart.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { findChromium } from '../build/chromium.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
/** The gate, on a grid of 32. */
const gate = '<path d="M6 27V14a10 10 0 0 1 20 0v13" fill="none" stroke-width="4" stroke-linecap="round"/>';

/** What stands in the gate, by state. */
const signs = {
  idle: '<circle cx="16" cy="20" r="3"/>',
  active: '<path d="M12.5 13l8.5 6-8.5 6z"/>',
  warning: '<path d="M14.3 11h3.4v9h-3.4zM14.3 22.5h3.4v3.5h-3.4z"/>',
  error: '<path d="M12.2 15l2.3-2.3 1.5 1.5 1.5-1.5 2.3 2.3L18 17l3.3 3.3-2.3 2.3-3-3-3 3-2.3-2.3L14 17z"/>',
  stopped: '<path d="M11.5 15h9v9h-9z"/>',
};

const colors = { idle: '#ffffff', active: '#ffffff', warning: '#fcd34d', error: '#fca5a5', stopped: '#c9c9cf' };

/** @param {string} content */
function svg(content) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${content}</svg>\n`;
}

/**
 * An outline of the other brightness makes it visible on a light and on a dark panel.
 * @param {keyof typeof signs} state
 */
function trayIcon(state) {
  const color = colors[state];
  const outline = `<g fill="#26262b" stroke="#26262b"><g stroke-width="2.4" stroke-linejoin="round">${signs[state]}</g>${gate.replace('"4"', '"6.4"')}</g>`;
  return svg(`${outline}<g fill="${color}">${signs[state]}</g><g stroke="${color}">${gate}</g>`);
}

/** @param {keyof typeof signs} state */
function templateIcon(state) {
  return svg(`<g fill="#000">${signs[state]}</g><g stroke="#000">${gate}</g>`);
}

const appIcon = readFileSync(join(folder, '..', '..', 'renderer', 'favicon.svg'), 'utf8');

const browser = await chromium.launch({ executablePath: findChromium() ?? '', chromiumSandbox: process.getuid?.() !== 0 });
const page = await browser.newPage();

/**
 * @param {string} name
 * @param {string} drawing
 * @param {number} size pixels
 */
async function write(name, drawing, size) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${drawing}`);
  writeFileSync(join(folder, name), await page.screenshot({ omitBackground: true }));
}

for (const state of /** @type {(keyof typeof signs)[]} */ (Object.keys(signs))) {
  await write(`tray-${state}.png`, trayIcon(state), 16);
  await write(`tray-${state}@2x.png`, trayIcon(state), 32);
  await write(`tray-${state}-template.png`, templateIcon(state), 16);
  await write(`tray-${state}-template@2x.png`, templateIcon(state), 32);
}
await write('app.png', appIcon, 512);
await browser.close();
