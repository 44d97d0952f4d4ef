/** Home: is it on, what needs attention, what today costs, how local models stand, how is it used, what happened last. */
import { ConnectProgram } from './connect-program.tsx';
import { GatewaySwitch } from './gateway-switch.tsx';
import { LastRequests } from './last-requests.tsx';
import { LocalEngine } from './local-engine.tsx';
import { ProblemList } from './problem-list.tsx';
import { NewAlerts, Today } from './today.tsx';

export function HomeScreen() {
  return (
    <div className="mx-auto flex min-h-full w-full max-w-[1280px] flex-col gap-6 p-6">
      <h1 className="sr-only">Home</h1>
      <GatewaySwitch />
      <ProblemList />
      <NewAlerts />
      <Today />
      <LocalEngine />
      <ConnectProgram />
      <LastRequests />
    </div>
  );
}
