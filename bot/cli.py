"""The `hotline` command: each subcommand lives in `bot.commands` and is imported only when it is called."""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from types import FrameType

import click

from bot.errors import HotlineError

COMMANDS = {
    "bind": ("bot.commands.bind:bind", "codes that bind a customer's chat"),
    "chat": ("bot.commands.chat:chat", "talk in the terminal as a customer or as staff"),
    "classify": ("bot.commands.classify:classify", "say what priority messages ask for, and why"),
    "contracts": ("bot.commands.contracts:contracts", "import, list and show contracts"),
    "db": ("bot.commands.db:db", "migrate the database"),
    "demo": ("bot.commands.demo:demo", "play a scripted story through the real program"),
    "doctor": ("bot.commands.doctor:doctor", "say what is configured, reachable or missing"),
    "knowledge": ("bot.commands.knowledge:knowledge", "check and explain the rules"),
    "oncall": ("bot.commands.oncall:oncall", "who is on call: show, import, swap"),
    "penalty": ("bot.commands.penalty:penalty", "the penalty for late payment or missed service"),
    "quote": ("bot.commands.quote:quote", "the yearly fee by the contract's tables"),
    "replay": ("bot.commands.replay:replay", "recompute every ticket from its events and compare"),
    "serve": ("bot.commands.serve:serve", "run the service"),
    "sla": ("bot.commands.sla:sla", "a deadline and the reasons for it"),
    "staff": ("bot.commands.staff:staff", "who may act for support, and their joining codes"),
    "tickets": ("bot.commands.tickets:tickets", "work on stored tickets"),
    "unread": ("bot.commands.unread:unread", "what a platform sent and the program could not read"),
    "wechat": ("bot.commands.wechat:wechat", "the Official Account's menu"),
    "worker": ("bot.commands.worker:worker", "deliver and sweep beside `serve --no-worker`"),
}


class LazyGroup(click.Group):
    """A group that knows its subcommands by name and imports one only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hotline")
def hotline() -> None:
    """The bot that answers the BasicCall maintenance hotline."""


def main(argv: list[str] | None = None) -> None:
    """Run the command; wrong arguments exit 2, failed operations 1, each with one line on standard error."""
    signal.signal(signal.SIGTERM, _interrupt)  # so that whatever it is at is cleared away
    sys.exit(run(argv))


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _is_service(argv: list[str] | None) -> bool:
    """Whether it is a command that runs until it is told to end, which is no failure, however early."""
    return (sys.argv[1:] if argv is None else argv)[:1] in (["serve"], ["worker"])


def run(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    try:
        code = hotline.main(args=argv, prog_name="hotline", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        return 2
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "hotline"
        line = " ".join(error.format_message().split())
        print(f"{where}: {line} (see `{where} --help`)", file=sys.stderr)
        return 2
    except click.ClickException as error:
        print(f"hotline: {error.format_message()}", file=sys.stderr)
        return error.exit_code
    except HotlineError as error:
        print(f"hotline: {error}", file=sys.stderr)
        return 1
    except (click.Abort, KeyboardInterrupt):
        return 0 if _is_service(argv) else 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    return code if isinstance(code, int) else 0
