/** How the tables of figures look. */

export const tableFrame = 'min-w-0 overflow-x-auto rounded-md border border-line bg-raised';
export const headCell = 'px-3 py-1.5 font-normal text-soft whitespace-nowrap';
export const figureCell = 'px-3 py-1.5 text-right whitespace-nowrap';
