/** The screens: their addresses and names. Each is a bundle of its own, loaded when it is first shown. */
import { Boxes, ChartColumnStacked, Cpu, House, ListTree, type LucideIcon, Settings, Split } from 'lucide-react';
import { type ComponentType, lazy } from 'react';

export interface Screen {
  readonly path: string;
  readonly name: string;
  readonly icon: LucideIcon;
  readonly component: ComponentType;
}

export const screens: readonly Screen[] = [
  {
    path: '/',
    name: 'Home',
    icon: House,
    component: lazy(async () => ({ default: (await import('../screens/home/home-screen.tsx')).HomeScreen })),
  },
  {
    path: '/providers',
    name: 'Providers',
    icon: Boxes,
    component: lazy(async () => ({ default: (await import('../screens/providers/providers-screen.tsx')).ProvidersScreen })),
  },
  {
    path: '/models',
    name: 'Models',
    icon: Cpu,
    component: lazy(async () => ({ default: (await import('../screens/models/models-screen.tsx')).ModelsScreen })),
  },
  {
    path: '/routing',
    name: 'Routing',
    icon: Split,
    component: lazy(async () => ({ default: (await import('../screens/routing/routing-screen.tsx')).RoutingScreen })),
  },
  {
    path: '/requests',
    name: 'Requests',
    icon: ListTree,
    component: lazy(async () => ({ default: (await import('../screens/requests/requests-screen.tsx')).RequestsScreen })),
  },
  {
    path: '/usage',
    name: 'Usage',
    icon: ChartColumnStacked,
    component: lazy(async () => ({ default: (await import('../screens/usage/usage-screen.tsx')).UsageScreen })),
  },
  {
    path: '/settings',
    name: 'Settings',
    icon: Settings,
    component: lazy(async () => ({ default: (await import('../screens/settings/settings-screen.tsx')).SettingsScreen })),
  },
];

/** The screen of an address; Home for one that is unknown. */
export function screenAt(path: string): Screen | undefined {
  return screens.find((screen) => screen.path === path) ?? screens[0];
}
