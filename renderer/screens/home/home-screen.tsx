/** Home: is it on, how is it used, what needs attention, what happened last. */
import { ConnectProgram } from './connect-program.tsx';
import { GatewaySwitch } from './gateway-switch.tsx';
import { LastRequests } from './last-requests.tsx';
import { ProblemList } from './problem-list.tsx';

export function HomeScreen() {
  return (
    <div className="mx-auto flex min-h-full w-full max-w-[1280px] flex-col gap-6 p-6">
      <h1 className="sr-only">Home</h1>
      <GatewaySwitch />
      <ProblemList />
      <ConnectProgram />
      <LastRequests />
    </div>
  );
}
