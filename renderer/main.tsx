/** Starts the window: theme, token, stores, and the first screen. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { takeTokenFromAddress } from './control.ts';
import { followDesktop } from './stores/desktop.ts';
import { followGateway } from './stores/follow-gateway.ts';
import { followAddress, navigate } from './stores/route.ts';
import { applyKeptTheme } from './stores/theme.ts';

applyKeptTheme();
takeTokenFromAddress();
followAddress();
followGateway();
void followDesktop(navigate);

const place = document.getElementById('root');
if (place) {
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
