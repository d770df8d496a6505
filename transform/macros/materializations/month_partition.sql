{#- A table partitioned by list (reporting_month), built month by month in one invocation.

    For every requested month, in order and each in a transaction of its own: create table as, without an index →
    check constraint → drop the old month → attach → at most one btree. A failing month leaves the old one as it
    was; a rerun gives the same rows. With LENDWATCH_COMPANIES only their rows (and those of the regions above
    them) are deleted and inserted in the month that is already there.

    config:  scope     'company' | 'region' | 'org' (both) | 'month' (always the whole month)
             order_by  columns the rows are written in
             index_on  column of the one btree, if any
    The columns and their types come from the model's yml. -#}
{% materialization month_partition, adapter='postgres' %}
  {%- set relation = this.incorporate(type='table') -%}
  {%- if not env_var('LENDWATCH_MONTH_FROM', '') -%}
    {%- do exceptions.raise_compiler_error('LENDWATCH_MONTH_FROM is not set: which months shall be built?') -%}
  {%- endif -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {%- do ensure_partitioned_table(relation) -%}
  {{ adapter.commit() }}
  {%- set corrects = requested_companies() | length > 0 and config.get('scope', 'company') != 'month' -%}
  {%- for month in requested_months() -%}
    {%- set month_sql = sql_of_month(sql, month) -%}
    {%- if corrects -%}
      {%- do replace_companies(relation, month, month_sql) -%}
    {%- else -%}
      {%- do replace_month(relation, month, month_sql) -%}
    {%- endif -%}
    {%- if not loop.last -%} {{ adapter.commit() }} {%- endif -%}
  {%- endfor -%}
  {% call noop_statement('main', 'BUILD ' ~ requested_months() | length ~ ' MONTHS') -%}{%- endcall %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{#- Columns of the model's yml as "name type". -#}
{% macro declared_columns() -%}
  {%- set columns = [] -%}
  {%- for column in model['columns'].values() -%}
    {%- do columns.append([column['name'], column['data_type']]) -%}
  {%- endfor -%}
  {{ return(columns) }}
{%- endmacro %}

{% macro ensure_partitioned_table(relation) -%}
  {%- set definitions = [] -%}
  {%- for name, type in declared_columns() -%}{%- do definitions.append(name ~ ' ' ~ type) -%}{%- endfor -%}
  {%- set existing = load_cached_relation(relation) -%}
  {%- if existing is not none and (flags.FULL_REFRESH or existing.type == 'view') -%}
    {%- do adapter.drop_relation(existing) -%}
  {%- elif existing is not none -%}
    {%- set found = run_query(
      "select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum) from pg_attribute
       where attrelid = '" ~ relation ~ "'::regclass and attnum > 0 and not attisdropped").columns[0].values()[0] -%}
    {%- if found != definitions | join(', ') -%}
      {%- do exceptions.raise_compiler_error(
        relation.identifier ~ ': the columns changed; rebuild all months with --full-refresh. Table: ' ~ found
        ~ '; model: ' ~ definitions | join(', ')) -%}
    {%- endif -%}
  {%- endif -%}
  {% call statement('parent') -%}
    create table if not exists {{ relation }} ({{ definitions | join(', ') }}) partition by list (reporting_month)
  {%- endcall %}
{%- endmacro %}

{#- Freshly landed and freshly built months have no statistics yet, and every large join here is on equality: without
    them the planner may guess one row and loop for hours. A lost commit is rebuilt, so nobody waits for the disk. -#}
{% macro planner_settings() -%}
  set local enable_nestloop = off;
  set local synchronous_commit = off;
  {% if config.get('sorted_groups') -%} set local enable_hashagg = off; {%- endif %}
{%- endmacro %}

{#- The model's query with the declared columns, types and row order. -#}
{% macro typed_query(month_sql) -%}
  select {% for name, type in declared_columns() %}{{ name }}::{{ type }} as {{ name }}{{ ', ' if not loop.last }}{% endfor %}
  from ({{ month_sql }}) as built
  {% if config.get('order_by') %}order by {{ config.get('order_by') }}{% endif %}
{%- endmacro %}

{% macro replace_month(relation, month, month_sql) -%}
  {%- set name = relation.identifier ~ '_' ~ month[0:4] ~ month[5:7] -%}
  {%- set part = relation.schema ~ '.' ~ name -%}
  {%- set fresh = part ~ '_new' -%}
  {% call statement('build_' ~ month) -%}
    {{ planner_settings() }}
    drop table if exists {{ fresh }};
    create table {{ fresh }} as {{ typed_query(month_sql) }}
  {%- endcall %}
  {% call statement('attach_' ~ month) -%}
    alter table {{ fresh }} alter column reporting_month set not null,
      add constraint only_month check (reporting_month = date '{{ month }}');
    {% if config.get('index_on') -%}
      create index on {{ fresh }} ({{ config.get('index_on') }});
    {%- endif %}
    drop table if exists {{ part }};
    alter table {{ fresh }} rename to {{ name }};
    alter table {{ relation }} attach partition {{ part }} for values in ('{{ month }}');
    alter table {{ part }} drop constraint only_month
  {%- endcall %}
{%- endmacro %}

{% macro replace_companies(relation, month, month_sql) -%}
  {%- set part = relation.schema ~ '.' ~ relation.identifier ~ '_' ~ month[0:4] ~ month[5:7] -%}
  {%- if run_query("select to_regclass('" ~ part ~ "')").columns[0].values()[0] is none -%}
    {%- do exceptions.raise_compiler_error(
      '月份 ' ~ month[0:7] ~ ' 尚未结账（' ~ relation.identifier ~ '），不能只补算个别公司；请先运行该月的全省结账。') -%}
  {%- endif -%}
  {%- set scope = config.get('scope', 'company') -%}
  {% call statement('build_' ~ month) -%}
    {{ planner_settings() }}
    delete from {{ part }} where
      {% if scope == 'company' -%} {{ only_companies() }}
      {%- elif scope == 'region' -%} {{ only_regions() }}
      {%- else -%} {{ only_orgs() }} {%- endif %};
    insert into {{ part }} {{ typed_query(month_sql) }}
  {%- endcall %}
{%- endmacro %}
