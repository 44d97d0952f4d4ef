/** Keeps a fault in one screen away from the rest of the window. */
import { Component, type ReactNode } from 'react';
import { ErrorNotice } from '../components/notice.tsx';
import { messageOf } from '../stores/message-of.ts';

interface Props {
  readonly children: ReactNode;
}

interface State {
  readonly message: string | null;
}

/** A class, since React offers no other way to catch what a screen throws. */
export class ScreenBoundary extends Component<Props, State> {
  override state: State = { message: null };

  static getDerivedStateFromError(error: unknown): State {
    return { message: messageOf(error) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    if (message === null) return this.props.children;
    return (
      <ErrorNotice title="This screen could not be shown" message={message} onRetry={() => this.setState({ message: null })} />
    );
  }
}
