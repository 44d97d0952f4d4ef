/** Starts the window. */
document.title = 'Gatehouse';
