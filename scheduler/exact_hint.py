"""A plan as a solver's hint, down to the last variable."""

from ortools.sat.python import cp_model


def complete_hint(cp: cp_model.CpModel) -> None:
    """Work out what follows from a hint for all variables without one, and hint that too: only a complete
    hint is a solution at once. One that breaks a constraint stays as it is."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.fix_variables_to_their_hinted_value = True
    if solver.solve(cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return
    told = set(cp.proto.solution_hint.vars)
    for number, value in enumerate(solver.response_proto.solution):
        if number not in told:
            cp.add_hint(cp.get_int_var_from_proto_index(number), value)
