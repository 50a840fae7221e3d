import typer

app = typer.Typer()


@app.command()
def greet(name: str, loud: bool = False) -> None:
    """Greet somebody."""
    typer.echo(f"Hello {name}!".upper() if loud else f"Hello {name}!")


app()
